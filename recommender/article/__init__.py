"""Read the dated lists that a press article prints: which skills, of whom, when, in demand or in supply.

Copies of one release differ in everything but the names: bullets or numbers, look-alike letters, HTML or Markdown
left over, "(LLM)" after a name. `blocks` finds headings, paragraphs and runs of names; `names` cleans the names; `cues`
reads publisher, period and kind of measure from the words around them.

>>> prose = "The top searches on Upwork in Q2 2023 were:\\n- ChatGPT\\n- BERT\\n- Bard\\n"
>>> [(found.id, [item.name for item in found.items]) for found in read_article(prose)]
[('upwork-2023q2-searched', ['ChatGPT', 'BERT', 'Bard'])]
"""

from recommender.article.reading import read_article

__all__ = ["read_article"]
