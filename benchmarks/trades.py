"""Print what the shipped model suggests to 30 people of 30 trades, as the rows that `trades.md` judges by hand.

    python benchmarks/trades.py            # the rows, verdicts left empty
    python benchmarks/trades.py --check    # which rows of trades.md are out of date: exit 1 if any

Figures say how often a hidden skill is found; they cannot say whether an advice makes sense to a person of the trade.
So a page is read by eye. The verdicts were written for the five skills beside them, and lapse when those change.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from recommender import SkillRecommender  # noqa: E402

PAGE = ROOT / "benchmarks" / "trades.md"
SHOWN = 5  # as many as the terminal shows

PROFILES = {
    "Copywriter": "copywriting, blog writing, seo writing, email copywriting, landing page copy",
    "Technical writer": "technical writing, user manuals, api documentation, markdown, confluence",
    "Translator": "english to spanish translation, localization, sdl trados, subtitling, proofreading",
    "Graphic designer": "photoshop, illustrator, indesign, flyer design, branding",
    "UI/UX designer": "figma, ui design, ux research, wireframes, prototyping",
    "Illustrator": "procreate, character design, children's book illustration, digital painting",
    "Fashion designer": "fashion design, tech packs, adobe illustrator, clo 3d, pattern making",
    "Video editor": "premiere pro, after effects, color grading, youtube editing, davinci resolve",
    "3D artist": "blender, 3d modeling, maya, texturing, zbrush",
    "Voice actor": "voice over, narration, audacity, audiobook narration",
    "Music producer": "music production, mixing, mastering, fl studio, beat making",
    "Photographer": "photography, lightroom, photo retouching, product photography, photoshop",
    "SEO specialist": "seo, keyword research, link building, ahrefs, google search console",
    "Social media manager": "social media management, instagram, canva, content calendar, facebook",
    "Salesperson": "lead generation, cold calling, linkedin, b2b sales, crm",
    "Customer-support agent": "customer service, zendesk, live chat, email support",
    "Virtual assistant": "virtual assistant, email management, calendar management, data entry, google workspace",
    "Bookkeeper": "bookkeeping, quickbooks, xero, payroll, bank reconciliation",
    "Recruiter": "sourcing, linkedin recruiter, boolean search, ats, interviewing",
    "Contract lawyer": "contract drafting, legal research, corporate law, gdpr, legal writing",
    "Architect": "autocad, revit, sketchup, floor plans, building permits",
    "Mechanical engineer": "solidworks, mechanical design, ansys, 3d printing, gd&t",
    "English teacher": "english teaching, esl, ielts, lesson planning, online tutoring",
    "WordPress developer": "wordpress, elementor, woocommerce, divi, php",
    "App developer": "flutter, dart, firebase, android, ios",
    "Data analyst": "sql, power bi, excel, tableau, python",
    "Machine-learning engineer": "pytorch, deep learning, computer vision, opencv, python",
    "DevOps engineer": "aws, docker, kubernetes, terraform, jenkins",
    "Game developer": "unity, c#, game design, blender, unreal engine",
    "Medical biller": "medical billing, medical coding, icd-10, ehr",
}


def rows(model: SkillRecommender) -> dict[str, str]:
    """Return the beginning of each trade's table row: trade, skills as written, and the suggestions."""
    answers = model.recommend_many([terms.split(", ") for terms in PROFILES.values()], n=SHOWN)
    return {
        trade: f"| {trade} | {terms} | {', '.join(suggestion.skill for suggestion in answer)} |"
        for (trade, terms), answer in zip(PROFILES.items(), answers, strict=True)
    }


def main() -> int:
    """Print the rows, or name those that the page no longer shows as they are."""
    made = rows(SkillRecommender.load())
    if "--check" not in sys.argv[1:]:
        print("| trade | skills as written | five suggestions | verdict |\n| --- | --- | --- | --- |")
        print("\n".join(f"{row} |" for row in made.values()))
        return 0
    page = PAGE.read_text(encoding="utf-8")
    stale = [trade for trade, row in made.items() if row not in page]
    print(f"{PAGE.name}: judge again: {', '.join(stale)}" if stale else f"{PAGE.name}: all {len(made)} rows as judged")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
