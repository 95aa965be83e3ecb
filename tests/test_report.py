from __future__ import annotations

import re
import sys
import xml.dom.minidom
from html.parser import HTMLParser
from pathlib import Path

import pytest

from recommender import SkillRecommender
from recommender.cli import main
from recommender.report import batch_page, profile_page, write_page

pytest.importorskip("matplotlib")

MODEL = SkillRecommender.load()
EVIL = '<script>alert("x")</script> & $x^2$ \x1b[31m'
SUMMARY = {
    "rows": 1200, "rejected": 3, "terms": 10, "recognised": 8, "recognised_share": 0.8, "data": "2026-01-01",
    "model": "abc", "suggestions": [["Python", 7], [EVIL, 5]], "refused_terms": [[EVIL, 2]],
}  # fmt: skip


class Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def whole(page: str) -> None:
    """Hold a page to what every page promises: nothing runs, nothing is loaded, every picture is well-formed."""
    tags = Tags(page).seen
    assert not {"script", "iframe", "img", "object", "embed", "link"} & {tag for tag, _ in tags}
    for _, given in tags:
        assert not any(name.startswith("on") or name == "src" for name in given)
        assert all((given.get(name) or "#").startswith("#") for name in ("href", "xlink:href"))
    for picture in re.findall("<svg.*?</svg>", page, re.DOTALL):
        xml.dom.minidom.parseString(picture.encode())


def test_a_profile_page_shows_parts_evidence_and_what_was_refused() -> None:
    """Each suggestion stands there with its evidence, the picture names the parts, refused terms are listed escaped."""
    answer = MODEL.recommend(["machine learning", "python", "pandas"])
    page = profile_page(answer, ["Python"], [EVIL], "2026-01-01")
    whole(page)
    assert page.count("<svg") == 1
    for suggestion in answer:
        assert suggestion.skill in page
    assert answer[0].evidence[0].publisher in page
    assert "goes with what you hold" in page
    assert "Understood 1 of 2 terms" in page


def test_a_batch_page_shows_what_an_operator_asks() -> None:
    """Recognised share, commonest suggestions and commonest refused terms are there, with two pictures."""
    page = batch_page(SUMMARY, EVIL)
    whole(page)
    assert "80.0% of 10" in page
    assert page.count("<svg") == 2
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("name", ["$", "$a$", "\\", "Ж" * 200, "\ud800", "a\x00b", "_^{", "日本語"])
def test_any_name_can_be_drawn(name: str, tmp_path: Path) -> None:
    """Names with dollar signs, control characters or lone surrogates neither stop a page nor break its pictures."""
    page = batch_page({**SUMMARY, "suggestions": [[name, 1]], "refused_terms": []}, "x")
    write_page(page, tmp_path / "page.html")
    whole((tmp_path / "page.html").read_text(encoding="utf-8"))


def test_nothing_to_show_is_a_page() -> None:
    """An empty batch and a profile without suggestions give pages, not errors."""
    whole(batch_page({**SUMMARY, "recognised_share": None, "suggestions": [], "refused_terms": []}, "x"))
    whole(profile_page([], [], [], "2026-01-01"))


def test_the_same_input_gives_the_same_page() -> None:
    """No date, no random name: two runs write the same bytes."""
    assert batch_page(SUMMARY, "x") == batch_page(SUMMARY, "x")


def run(arguments: list[str]) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(ended.value.code or 0)


def test_the_command_reads_lists_files_and_tables(tmp_path: Path) -> None:
    """A list, a text file and a CSV each become a page."""
    (tmp_path / "list.txt").write_text("python\nopencv\n")
    (tmp_path / "many.csv").write_text('id,skills\n1,"python, opencv"\n2,"copywriting, qqqzzz"\n3,\n')
    for source in ("python, CI/CD", str(tmp_path / "list.txt"), str(tmp_path / "many.csv"), ""):
        out = tmp_path / "page.html"
        out.unlink(missing_ok=True)
        assert run(["report", source, "-o", str(out)]) == 0
        whole(out.read_text(encoding="utf-8"))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["list.txt", "many.csv", "page.html"]


def test_a_page_goes_down_a_pipe(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """`-o -` is standard output here too: the page that a file would get, and nothing else."""
    pages = []
    for output in ("-", str(tmp_path / "page.html")):
        with pytest.raises(SystemExit) as ended:
            main(["report", "python, sql", "-o", output])
        assert not ended.value.code
        pages.append(capsysbinary.readouterr().out)
    assert pages == [(tmp_path / "page.html").read_bytes(), b""]


@pytest.mark.parametrize("source", ["no-such.csv", "no-such.txt"])
def test_a_missing_file_is_one_line(source: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is not there ends with one line, and no page is left."""
    assert run(["report", str(tmp_path / source), "-o", str(tmp_path / "page.html")]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_missing_matplotlib_says_how_to_get_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the extra, one line names it."""
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    assert run(["report", "python", "-o", str(tmp_path / "page.html")]) == 1
    said = capsys.readouterr().err
    assert "recommender[report]" in said
    assert len(said.splitlines()) == 1


def test_a_page_that_cannot_be_written_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder in the way, or none to write in, is one line and leaves nothing behind."""
    assert run(["report", "python", "-o", str(tmp_path / "none" / "page.html")]) == 1
    (tmp_path / "page.html").mkdir()
    assert run(["report", "python", "-o", str(tmp_path / "page.html")]) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["page.html"]
    assert all(line.count("recommender: ") == 1 for line in capsys.readouterr().err.splitlines() if "page" in line)
