from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.errors import CollisionError, MissingFileError, TableError, UnknownSkillError, VocabularyError
from recommender.text import key
from recommender.vocabulary import Sense, Skill, Vocabulary
from recommender.vocabulary.keys import LOOK_UPS_BEFORE_BUILDING, KeyTable

SKILLS = [
    Skill("Python", "software", "programming-language", (), ("Python 3",)),
    Skill("Terraform", "cloud", "tool", ("DevOps",), ("HashiCorp Terraform",)),
    Skill("C++"),
    Skill("C#"),
]
SENSES = [Sense("TF", "Terraform", "infrastructure", 0.4, ("@cloud",)), Sense("TF", None, "something else", 0.6)]
HEAD = "# format: recommender-skills 1\n# date: 2026-01-01\nname\tfield\tkind\twithin\taliases\n"
NAMES = st.lists(st.text("abcdeDE +#.-", min_size=1, max_size=6).filter(key), max_size=12)


def test_words_and_numbers() -> None:
    """Names and numbers are inverse to each other; unknown ones are refused by name."""
    words = Vocabulary(SKILLS)
    assert [words.name(words.number(name)) for name in words.names] == list(words.names)
    assert words.numbers(["C#", "Python"]) == [3, 0]
    with pytest.raises(UnknownSkillError, match="'Pyton'"):
        words.number("Pyton")
    with pytest.raises(UnknownSkillError, match="number 4"):
        words.name(4)


def test_look_up() -> None:
    """A key tells the skill and whether it is its name or an alias; others tell nothing."""
    words = Vocabulary(SKILLS)
    assert words.lookup("python") == (0, True)
    assert words.lookup("python 3") == (0, False)
    assert words.lookup("pytho") is None


@given(NAMES)
def test_bare_names_of_one_key_are_one_skill(names: list[str]) -> None:
    """Bare names never collide: the first spelling of each key stays, in order."""
    words = Vocabulary.from_names(names)
    assert list(words.names) == list({key(name): name for name in reversed(names)}.values())[::-1] or len(words) == len(
        {key(name) for name in names}
    )
    for name in names:
        entry = words.lookup(key(name))
        assert entry is not None
        assert key(words.name(entry.number)) == key(name)


@pytest.mark.parametrize(
    "skills",
    [
        [Skill("E-commerce"), Skill("E commerce")],
        [Skill("React"), Skill("Vue", aliases=("react",))],
        [Skill("A1", aliases=("x y",)), Skill("B1", aliases=("X-Y",))],
    ],
)
def test_two_skills_with_one_key(skills: list[Skill]) -> None:
    """Two skills with one key are an error that names both."""
    with pytest.raises(CollisionError) as caught:
        Vocabulary(skills)
    assert all(repr(skill.name) in str(caught.value) for skill in skills)
    assert "\n" not in str(caught.value)


def test_names_that_nothing_can_match() -> None:
    """A name without letter or digit is refused."""
    with pytest.raises(VocabularyError, match="no letter"):
        Vocabulary.from_names(["+++"])


def test_senses_of_unknown_skills() -> None:
    """A sense whose skill is not there is refused by name."""
    with pytest.raises(VocabularyError, match="'Terrafirma'"):
        Vocabulary(SKILLS, [Sense("TF", "Terrafirma", "", 0.5)])


@given(NAMES)
def test_round_trip_of_names(names: list[str]) -> None:
    """JSON and back: the same names, keys and hash."""
    words = Vocabulary.from_names(names)
    back = Vocabulary.from_texts(words.to_texts().__getitem__, words.codes.codes, words.codes.keys)
    assert (back.names, back.content_hash, back.skills) == (words.names, words.content_hash, words.skills)
    assert [(k, back.codes.get(k)) for k in back.codes] == [(k, words.codes.get(k)) for k in words.codes]


def test_round_trip_of_everything() -> None:
    """JSON and back keeps fields, kinds, aliases and senses; other content has another hash."""
    words = Vocabulary(SKILLS, SENSES)
    back = Vocabulary.from_texts(words.to_texts().__getitem__, words.codes.codes, words.codes.keys)
    assert (back.skills, back.senses, back.kind(1), back.field(0)) == (tuple(SKILLS), tuple(SENSES), "tool", "software")
    assert back.meanings("tf") == tuple(SENSES)
    assert back.to_texts() == words.to_texts()
    assert words.content_hash != Vocabulary(SKILLS).content_hash


@pytest.mark.parametrize("head", ["", "{}", "1", '{"format":"recommender-vocabulary 9"}', "[]"])
def test_foreign_texts(head: str) -> None:
    """Text that is no vocabulary, or a newer one, is refused in one line."""
    with pytest.raises(VocabularyError) as caught:
        Vocabulary.from_texts({"head": head}.__getitem__, [0], ["a"])
    assert "\n" not in str(caught.value)


def test_halving_and_dictionary_agree() -> None:
    """Looking keys up gives the same before and after the dictionary is built."""
    table = KeyTable({f"k{n}": n for n in range(50)})
    asked = [f"k{n}" for n in range(60)]
    before = [table.get(k) for k in asked]
    for _ in range(LOOK_UPS_BEFORE_BUILDING):
        table.get("k1")
    assert [table.get(k) for k in asked] == before


def test_own_files(tmp_path: Path) -> None:
    """The project's own tables are read: lists at semicolons, '-' for no skill."""
    (tmp_path / "skills.tsv").write_text(
        HEAD + "Terraform\tcloud\ttool\tDevOps; Cloud\tHCL tool; terra form\n", "utf-8"
    )
    (tmp_path / "senses.tsv").write_text(
        "# format: recommender-senses 1\nform\tskill\tmeaning\tprior\tcues\n"
        "TF\tTerraform\tinfrastructure\t0.4\tKubernetes; @cloud\nTF\t-\tother\t0.6\n",
        "utf-8",
    )
    words = Vocabulary.read(tmp_path)
    assert words.skills == (Skill("Terraform", "cloud", "tool", ("DevOps", "Cloud"), ("HCL tool", "terra form")),)
    assert [(s.skill, s.prior, s.cues) for s in words.senses] == [
        ("Terraform", 0.4, ("Kubernetes", "@cloud")),
        (None, 0.6, ()),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name\tfield\n", "format is 'not said'"),
        (HEAD.replace("skills 1", "skills 2"), "recommender-skills 2"),
        ("# format: recommender-skills 1\nname\tkind\n", "first row must be"),
        (HEAD + "a\tb\tc\td\te\tf\n", "lines 4"),
        (HEAD + "a\n" + "A\n", "line 4.*line 5"),
    ],
)
def test_faulty_own_files(tmp_path: Path, text: str, said: str) -> None:
    """Another format, other columns and collisions are told with file and line."""
    (tmp_path / "skills.tsv").write_text(text, "utf-8")
    with pytest.raises(VocabularyError, match=said):
        Vocabulary.read(tmp_path)


def test_tables_of_others(tmp_path: Path) -> None:
    """CSV and TSV with names and aliases are read, ESCO's with its aliases by line, one alias a row too."""
    esco = tmp_path / "skills_en.csv"
    esco.write_text(
        'conceptType,conceptUri,preferredLabel,altLabels\nKSC,http://x/1,manage staff,"manage personnel\nlead staff"\n'
        "KSC,http://x/2,weld,\n",
        "utf-8",
    )
    assert Vocabulary.from_table(esco).skills == (
        Skill("manage staff", aliases=("manage personnel", "lead staff")),
        Skill("weld"),
    )
    pairs = tmp_path / "pairs.tsv"
    pairs.write_bytes("skill\talias\nPython\tpy\nPython\tpython3\n".encode("utf-16"))
    assert Vocabulary.from_table(pairs).skills == (Skill("Python", aliases=("py", "python3")),)


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("a,b\n1,2\n", TableError, "Columns: a, b"),
        ("name\n\n", TableError, "no row"),
        ("name,alias\nReact,\nVue,react\n", CollisionError, "'React' .line 2.*'Vue' .line 3"),
        ("", TableError, "no column"),
    ],
)
def test_faulty_tables_of_others(tmp_path: Path, text: str, error: type[Exception], said: str) -> None:
    """A table without names, and a collision, are told with the rows."""
    path = tmp_path / "t.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(error, match=said):
        Vocabulary.from_table(path)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """A missing file, a folder and bad bytes are told in one line."""
    with pytest.raises(MissingFileError, match="no such file"):
        Vocabulary.read(tmp_path)
    with pytest.raises(VocabularyError, match="is a folder"):
        Vocabulary.from_table(tmp_path)
    (tmp_path / "t.csv").write_bytes(b"name\n\xff\xe9\n")
    with pytest.raises(VocabularyError, match="byte 5"):
        Vocabulary.from_table(tmp_path / "t.csv")
