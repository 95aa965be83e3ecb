from __future__ import annotations

import copy
import pickle
import shlex
import subprocess
import sys
import textwrap
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from recommender import SkillRecommender, storage
from recommender.errors import InputError, MissingFileError, ProfileError, RecommenderError, TableError
from recommender.trends import Period, TrendItem, TrendList, write_list

MODEL = SkillRecommender.load()
PROFILE = ["python", "tf", "pytroch", "copywriting"]
LISTS = [["python", "zork", "sql"], ["zork", "python"], ["zork", "java"]] * 3


def spawn(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True)


def shell(command: str) -> subprocess.CompletedProcess[str]:
    whole = f"{sys.executable} -m recommender {command}"
    return subprocess.run(["bash", "-c", whole], capture_output=True, text=True)


@pytest.mark.parametrize("way", [lambda m: pickle.loads(pickle.dumps(m)), copy.deepcopy, copy.copy])
@pytest.mark.parametrize("fitted", [False, True])
def test_models_can_be_pickled_and_copied(way: Callable[[Any], Any], fitted: bool) -> None:
    """A loaded, viewed or fitted model that has answered already goes through pickle and copy with equal answers."""
    made = SkillRecommender().fit(LISTS) if fitted else MODEL.view(date(2025, 1, 1))
    want = made.recommend(PROFILE, candidates="all")
    made.recommend_many([PROFILE])
    made.score_batch(pa.RecordBatch.from_pydict({"skills": ["python"]}))
    again = way(made)
    assert again.recommend(PROFILE, candidates="all") == want
    assert [list(many) for many in again.recommend_many([PROFILE], candidates="all")] == [want]
    assert again.vocabulary_.content_hash == made.vocabulary_.content_hash
    assert again.get_params() == made.get_params()


@pytest.mark.parametrize("way", [lambda m: pickle.loads(pickle.dumps(m)), copy.deepcopy, copy.copy])
@pytest.mark.parametrize("candidates", ["in-demand", "all"])
def test_scorers_can_be_pickled_and_copied(way: Callable[[Any], Any], candidates: Any) -> None:
    """A scorer that has answered and named reasons goes through pickle and copy, compiled or not, to equal answers."""
    scorer = MODEL.view().scorer(candidates)
    indptr, held = MODEL.held_rows([PROFILE, ["python", "sql"], []])

    def answer(of: Any) -> list[Any]:
        best = of.best(indptr, held, 5)
        return [best.items.tolist(), best.scores.tolist(), of.loudest(indptr, held, best.items, 2).tolist()]

    want = answer(scorer)
    again = way(scorer)
    assert answer(again) == answer(scorer) == want
    assert answer(way(MODEL.sums).scorer(candidates)) == want


def test_repeated_terms_are_matched_as_two_of_them() -> None:
    """Copies of a term say nothing new, so a list that repeats its terms gets the matches of the short one."""
    terms = ["python", "tf (expert)", "keras", "ps"]
    twice = dict(zip(terms, MODEL.match_profile(terms * 2)[:4], strict=True))
    assert MODEL.match_profile(terms * 500) == [twice[term] for term in terms * 500]


WRONG: list[tuple[type[RecommenderError], Callable[[], object]]] = [
    (ProfileError, lambda: MODEL.match(None)),  # type: ignore[arg-type]
    (InputError, lambda: MODEL.recommend(["a"], n="5")),  # type: ignore[arg-type]
    (InputError, lambda: MODEL.recommend(["a"], candidates=["Django"])),  # type: ignore[arg-type]
    (InputError, lambda: MODEL.recommend_many([["a"]], candidates="none")),  # type: ignore[arg-type]
    (InputError, lambda: MODEL.view(datetime(2023, 9, 1, 3))),
    (InputError, lambda: MODEL.recommend(["a"], n=2.5)),  # type: ignore[arg-type]
    (InputError, lambda: MODEL.recommend(["a"], n=True)),
    (InputError, lambda: MODEL.recommend_many([["a"]], n=None)),  # type: ignore[arg-type]
    (InputError, lambda: MODEL.plan(["a"], n=1.5)),  # type: ignore[arg-type]
    (InputError, lambda: MODEL.view("2023-09-01")),  # type: ignore[arg-type]
    (InputError, lambda: MODEL.view(names="Upwork")),
    (InputError, lambda: SkillRecommender.load(3)),  # type: ignore[arg-type]
    (InputError, lambda: SkillRecommender(base=MODEL).fit(LISTS)),  # type: ignore[arg-type]
    (InputError, lambda: SkillRecommender(min_count="3").fit(LISTS)),  # type: ignore[arg-type]
    (InputError, lambda: SkillRecommender(min_count=0).fit(LISTS)),
    (InputError, lambda: SkillRecommender().fit([["", " "], ["\t"]])),
    (TableError, lambda: MODEL.score_batch(None)),  # type: ignore[arg-type]
    (TableError, lambda: MODEL.score_batch(pa.table({"skills": ["python"]}))),  # type: ignore[arg-type]
    (TableError, lambda: MODEL.score_batch(pa.record_batch({"a": ["python"], "b": ["sql"]}))),
    (TableError, lambda: MODEL.score_batch(pa.record_batch({"skills": ["python"]}), keep="skills")),
    (TableError, lambda: MODEL.recommend_frame(None)),
    (TableError, lambda: MODEL.recommend_frame(pl.LazyFrame({"skills": ["python"]}))),
    (TableError, lambda: MODEL.recommend_frame(pd.DataFrame({"a": ["python"], "b": ["sql"]}))),
    (TableError, lambda: MODEL.recommend_frame(pd.DataFrame())),
    (TableError, lambda: MODEL.recommend_frame(pd.DataFrame([["a", "b"]], columns=["skills", "skills"]))),
    (TableError, lambda: MODEL.recommend_frame(pd.DataFrame([["a"]], columns=pd.MultiIndex.from_tuples([("a", "b")])))),
    (TableError, lambda: MODEL.recommend_frame(pd.DataFrame([["a"]], columns=[0]))),
    (InputError, lambda: MODEL.recommend_frame(pd.DataFrame({"skills": ["a"]}), n="4")),  # type: ignore[arg-type]
]


@pytest.mark.parametrize("at", range(len(WRONG)))
def test_wrong_arguments_are_told_as_such(at: int) -> None:
    """An argument of the wrong type is an error of ours, in one line that ends with the way out."""
    kind, call = WRONG[at]
    with pytest.raises(kind) as told:
        call()
    assert "\n" not in str(told.value)
    assert "--" not in str(told.value)  # no option of the terminal


def test_frames_hold_what_is_no_text() -> None:
    """A lone surrogate in a cell is passed over, as `recommend` does, and other columns may be named by numbers."""
    frame = pd.DataFrame({"skills": pd.Series(["py\ud800thon, sql", None], dtype=object), 0: [1, 2]})
    want = [MODEL.recommend("python, sql", n=1)[0].skill, MODEL.recommend([], n=1)[0].skill]
    assert MODEL.recommend_frame(frame, n=1)["skill_1"].tolist() == want


ODD_CELLS: list[tuple[Any, str]] = [
    (np.array(["python", "sql"], object), "Python; SQL"),
    (np.array([]), ""),
    (["python", float("nan"), None, pd.NA, "sql"], "Python; SQL"),
    (frozenset({"sql", "python", None}), "Python; SQL"),
    ({"python", 3}, "Python"),
    ([b"python", "sql"], "Python; SQL"),
    (b"python, sql, " + b"go, " * 30 + b"rust", "Python; SQL; Go; Rust"),
    (float("nan"), ""),
    (pd.NA, ""),
]


@pytest.mark.parametrize("at", range(len(ODD_CELLS)))
@pytest.mark.parametrize("beside", [None, "rust", ["rust"], np.array([])], ids=["null", "text", "list", "array"])
def test_frames_hold_whatever_python_holds(at: int, beside: Any) -> None:
    """Arrays, sets, bytes and nulls in cells or lists are read, whatever stands in the other rows."""
    cell, want = ODD_CELLS[at]
    frame = pd.DataFrame({"skills": pd.Series([cell, beside], dtype=object)})
    assert MODEL.recommend_frame(frame, n=1)["recognised"][0] == want


def test_nulls_in_lists_are_passed_over() -> None:
    """None, NaN and the NA of pandas within a list say nothing, as they do alone."""
    want = MODEL.recommend(["python"], n=2)
    assert MODEL.recommend([None, "python", float("nan"), pd.NA], n=2) == want  # type: ignore[list-item]


def test_record_batches_are_frames_too() -> None:
    """recommend_frame takes every table of pyarrow, and gives one of the same kind."""
    batch = pa.record_batch({"skills": ["python", None], "id": [1, 2]})
    scored = MODEL.recommend_frame(batch, n=1)
    assert isinstance(scored, pa.RecordBatch)
    assert scored.equals(MODEL.score_batch(batch, n=1))


def test_the_only_column_of_lists_is_that_of_skills() -> None:
    """It is found without a name, in batches and frames, also where lists of numbers stand beside it."""
    rows = {"id": [1], "seen": [[0.5, 0.25]], "has": [["python", "sql"]]}
    for answer in (
        MODEL.score_batch(pa.RecordBatch.from_pydict(rows), n=1),
        MODEL.recommend_frame(pa.table(rows), n=1),
        MODEL.recommend_frame(pl.DataFrame(rows), n=1),
        MODEL.recommend_frame(pl.DataFrame(rows, schema_overrides={"has": pl.Array(pl.String, 2)}), n=1),
    ):
        assert next(iter(answer["recognised"])) in ("Python; SQL", pa.scalar("Python; SQL"))


def test_a_reason_counts_lists_not_lines() -> None:
    """ "(+2 more lists)" counts distinct lists that add to the demand, beside the one that is named."""
    suggestions = MODEL.recommend([], n=200)
    for suggestion in suggestions:
        shown = [item for item in suggestion.evidence if item.kind == "demand"]
        more = len({item.list for item in shown if item.share > 0}) - 1
        assert (f"(+{more} more list" in suggestion.why()) == (more > 0)
    assert any(len(s.evidence) > len({e.list for e in s.evidence}) for s in suggestions)


# -- lists of one's own -----------------------------------------------------------------------------------------------


def own_list(**changes: Any) -> TrendList:
    names = ("Machine learning", "Adobe Photoshop", "Qqzzxxvv")
    facts: dict[str, Any] = {
        "id": "acme-2026-01-hired", "publisher": "Acme", "title": "Hires", "what": "hired",
        "period": Period.parse("2026-01"), "items": tuple(TrendItem(n, i) for i, n in enumerate(names, 1)),
    }  # fmt: skip
    return TrendList(**{**facts, **changes})


def test_own_lists_show_demand() -> None:
    """`view(lists=...)` sees demand by these lists alone, or beside the named ones; a list given twice counts once."""
    alone = MODEL.view(lists=[own_list()])
    assert {s.skill for s in alone.recommend(["python"], n=9)} == {"Machine learning", "Adobe Photoshop"}
    assert alone.view(lists=[own_list(), own_list()]).recommend(["python"]) == alone.recommend(["python"])
    both = MODEL.view(names=["Upwork"], lists=[own_list()])
    assert {"Upwork", "Acme"} <= {e.publisher for s in both.recommend([], n=99) for e in s.evidence}
    assert MODEL.view(names=["Upwork"]).recommend([], n=99) != both.recommend([], n=99)


def test_own_lists_reach_the_terminal(tmp_path: Path) -> None:
    """`--trends` takes a file or a folder of lists, `trends show` too; what is none is one line."""
    path = write_list(own_list(), tmp_path / "my")
    answers = [shell(f"score python --trends {place}") for place in (path, path.parent)]
    assert all(answer.returncode == 0 for answer in answers)
    assert answers[0].stdout == answers[1].stdout
    assert "Adobe Photoshop" in answers[0].stdout
    assert "Qqzzxxvv" in shell(f"trends show {path.parent}").stdout
    (tmp_path / "empty").mkdir()
    for place in (tmp_path / "no.json", tmp_path / "empty"):
        failed = shell(f"score python --trends {place}")
        assert (failed.returncode, failed.stdout, len(failed.stderr.splitlines())) == (1, "", 1)


# -- streams ----------------------------------------------------------------------------------------------------------


def test_closed_streams_are_no_traceback() -> None:
    """A closed stdout is a failure in one line, a closed stderr loses only notes, a closed stdin is an empty one."""
    failed = shell("match excel >&-")
    assert (failed.returncode, len(failed.stderr.splitlines())) == (1, 1)
    assert "closed" in failed.stderr
    quiet = shell("match excel 2>&-")
    assert quiet.returncode == 0
    assert "Microsoft Excel" in quiet.stdout
    assert shell("match excel <&-").stdout == quiet.stdout
    assert shell("match excel >&- 2>&-").returncode == 1


def test_an_early_interrupt_is_one_line() -> None:
    """Ctrl-C while modules are being imported ends with 130 and one line."""
    done = spawn(
        """
        import sys

        class Interrupting:
            def find_spec(self, name, *rest):
                if name == "numpy" or name == "typer":
                    raise KeyboardInterrupt

        sys.meta_path.insert(0, Interrupting())
        from recommender.cli import main
        main(["score", "python"])
        """
    )
    assert (done.returncode, done.stderr) == (130, "recommender: stopped.\n")


# -- reports ----------------------------------------------------------------------------------------------------------


def test_a_report_never_replaces_its_input(tmp_path: Path) -> None:
    """An output that is the input, by name or through a link, is refused, and the input is left as it was."""
    table, link = tmp_path / "a.csv", tmp_path / "link.csv"
    table.write_text("skills\npython\n")
    link.symlink_to(table)
    for target in (table, link):
        assert shell(f"report {table} -o {target}").returncode == 1
    assert table.read_text() == "skills\npython\n"


def test_a_mistyped_path_is_no_skill(tmp_path: Path) -> None:
    """What looks like a path and is none ends with one line, and no page is written."""
    for source in ("/nope", "./nope", str(tmp_path / "list"), "nope.docx"):
        failed = shell(f"report {source} -o {tmp_path}/page.html")
        assert (failed.returncode, len(failed.stderr.splitlines())) == (1, 1), source
    assert not list(tmp_path.iterdir())


def test_answers_can_be_scored_again() -> None:
    """A batch whose columns carry the names of the answer's is scored where those columns are not kept."""
    batch = pa.RecordBatch.from_pydict({"skills": ["python"], "skill_1": ["x"], "model": ["y"]})
    assert MODEL.score_batch(batch, keep=[]).column("skill_1").to_pylist() == [MODEL.recommend("python")[0].skill]


# -- storage ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exchange", [True, False])
def test_a_model_is_replaced_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchange: bool) -> None:
    """Writing over a model leaves the new one and nothing beside it, with or without the system's exchange."""
    if not exchange:
        monkeypatch.setattr(storage, "_exchanged", lambda *_: False)
    MODEL.save(tmp_path / "m")
    (tmp_path / ".m.old").mkdir()  # of a former kill
    fitted = SkillRecommender().fit(LISTS)
    fitted.save(tmp_path / "m")
    assert [path.name for path in tmp_path.iterdir()] == ["m"]
    assert SkillRecommender.load(tmp_path / "m").recommend(PROFILE) == fitted.recommend(PROFILE)


def test_a_kill_between_two_moves_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a kill left no model under the name, the error says where the former one lies; a failure puts it back."""
    monkeypatch.setattr(storage, "_exchanged", lambda *_: False)
    MODEL.save(tmp_path / "m")
    (tmp_path / "m").rename(tmp_path / ".m.old")
    with pytest.raises(MissingFileError, match=r"\.m\.old"):
        SkillRecommender.load(tmp_path / "m")
    (tmp_path / ".m.old").rename(tmp_path / "m")
    rename = Path.rename

    def refuse(path: Path, target: Path) -> Path:
        if "partial" in path.name:
            raise OSError(5, "no luck")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(RecommenderError, match="no luck"):
        MODEL.save(tmp_path / "m")
    assert SkillRecommender.load(tmp_path / "m").recommend(PROFILE) == MODEL.recommend(PROFILE)


# -- printing ---------------------------------------------------------------------------------------------------------


def terminal(command: str, columns: int = 80) -> str:
    """Run a command with a terminal for all streams, and return what it shows."""
    import os
    import pty

    reader, writer = pty.openpty()
    words = [sys.executable, "-m", "recommender", *shlex.split(command)]
    settings = {**os.environ, "COLUMNS": str(columns), "NO_COLOR": "1", "TERM": "xterm"}
    process = subprocess.Popen(words, stdin=writer, stdout=writer, stderr=writer, env=settings)
    os.close(writer)
    shown = b""
    try:
        while piece := os.read(reader, 1 << 16):
            shown += piece
    except OSError:  # the other end was closed
        pass
    process.wait()
    plain = shown.decode().replace("\r\n", "\n")
    return plain.replace("\x1b[1m", "").replace("\x1b[0m", "")  # bold headings


@pytest.mark.parametrize("columns", [40, 60, 80])
def test_everything_fits_the_terminal(columns: int) -> None:
    """Tables, and what is said beside them, keep to the width; columns that would be slivers become lines."""
    terms = "pytroch, tf, keras, excel, microsoft powerpoint, copywriting, Buchhaltung"
    for command in (f"match '{terms}'", f"score '{terms}'"):
        lines = terminal(command, columns).splitlines()
        assert max(map(len, lines)) <= columns, command
        assert any("PyTorch" in line for line in lines)


def test_tables_say_which_candidates_are_worth_a_look() -> None:
    """Candidates of next to no probability are not printed; JSON keeps them."""
    assert "Copy editing" in shell("match Buchhaltung").stdout
    assert "Copy editing" not in shell("match Buchhaltung -f csv").stdout
    assert "nearest" not in shell("score Buchhaltung").stderr
    assert "PowerShell 0." in shell("match 'powershel lx' -f csv").stdout


def test_nothing_is_never_silent() -> None:
    """An answer without rows is a header where the format has one, and a word on stderr."""
    for command, header in (
        ("match '***' -f csv", "term,key,skill,why,score,else\n"),
        ("match ''", ""),
        ("skills qqzzxx -f csv", "name,field,kind,within,aliases\n"),
        ("skills qqzz xx", ""),
    ):
        done = shell(command)
        assert (done.returncode, done.stdout) == (0, header), command
        assert done.stderr, command


def test_a_suggestion_of_no_weight_is_told(tmp_path: Path) -> None:
    """Suggestions that fill up with score 0 are said to be no more than that."""
    path = write_list(own_list(), tmp_path)
    assert "1 of these have score 0" in shell(f"score python --trends {path}").stderr


@pytest.mark.parametrize("style", ["csv", "json", "table", "markdown"])
def test_no_escape_reaches_a_terminal(style: str) -> None:
    """Control characters of a term are shown by their codes on a terminal, in every format."""
    shown = terminal(f"match 'a\x1b[31mb\x9b32mc' -f {style}")
    assert "\x1b[31m" not in shown
    assert "\x9b" not in shown


# -- the front page ---------------------------------------------------------------------------------------------------


def test_the_front_page_fits_and_is_whole() -> None:
    """Help fits 80 columns, no line is cut, arguments are explained, and --version says the version."""
    import recommender

    for command in ("--help", "trends --help", "score --help", "batch --help"):
        shown = terminal(command)
        assert max(map(len, shown.splitlines())) <= 80, command
        assert "..." not in shown.replace("[ARGS]...", "").replace("IN...", ""), command
    assert "A skill list" in shell("score --help").stdout
    assert "Files or patterns" in shell("batch --help").stdout
    assert shell("--version").stdout == f"recommender {recommender.__version__}\n"


def test_proposals_are_made_once() -> None:
    """A mistyped command is answered with one proposal, and exit code 2."""
    failed = shell("scor python")
    assert (failed.returncode, failed.stderr.count("Did you mean")) == (2, 1)


def test_options_that_exclude_each_other_are_refused() -> None:
    """--plan says which options it cannot go with, instead of passing over them."""
    for options in ("--top 2", "--gaps", "--candidates all"):
        failed = shell(f"score python --plan 2 {options}")
        assert (failed.returncode, failed.stdout) == (2, ""), options


# -- articles and judgements ------------------------------------------------------------------------------------------


def test_a_short_list_of_an_article_is_not_dropped_silently(tmp_path: Path) -> None:
    """A run of names that is announced as a list, but too short to be one, is told with its line."""
    names = "\n".join(f"{i}. {name}" for i, name in enumerate(["Python", "SEO", "Logo design", "Figma"], 1))
    article = tmp_path / "article.txt"
    article.write_text(
        f"Upwork\n\nTop searched skills in Q2 2025:\n{names}\n\n"
        "Fastest growing searches in Q2 2025:\n- AI video +329%\n- TensorFlow +50%\n"
    )
    done = shell(f"trends import {article} -o {tmp_path}/out")
    assert len(done.stdout.splitlines()) == 1
    assert "AI video" in done.stderr
    assert "line 10" in done.stderr


def test_a_model_knows_what_it_learned_from(tmp_path: Path) -> None:
    """`evaluate -m` warns where the model has learned from the lists; CSV cells are numbers."""
    import csv
    import itertools

    pool = ["python", "java", "sql", "excel", "seo", "figma", "php", "css"]
    lists = [", ".join(row) for row in itertools.combinations(pool, 4)]
    for name, some in (("one", lists[::2]), ("other", lists[1::2])):
        (tmp_path / f"{name}.csv").write_text("skills\n" + "".join(f'"{line}"\n' for line in some))
    assert shell(f"fit {tmp_path}/one.csv -o {tmp_path}/model").returncode == 0
    on_own = shell(f"evaluate {tmp_path}/one.csv -m {tmp_path}/model -f csv")
    assert "learned from 100%" in on_own.stderr
    assert "learned from" not in shell(f"evaluate {tmp_path}/other.csv -m {tmp_path}/model -f csv").stderr
    for row in csv.DictReader(on_own.stdout.splitlines()):
        assert all(float(cell) >= -1 for name, cell in row.items() if name != "system" and cell)


def test_a_model_is_not_written_where_no_folder_is(tmp_path: Path) -> None:
    """fit says that the folder of its target is missing before it reads anything, as report does."""
    failed = shell(f"fit {tmp_path}/none.csv -o {tmp_path}/no/such/model")
    assert failed.returncode == 1
    assert "no folder" in failed.stderr
