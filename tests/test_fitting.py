from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.utils import estimator_checks
from sklearn.utils.validation import check_is_fitted
from small_world import POTTERS, WEAVERS, lists

from recommender import SkillRecommender
from recommender.columns import fingerprint
from recommender.cooccurrence import Cooccurrence
from recommender.documents import Documents
from recommender.errors import InputError, NotFittedError, ProfileError
from recommender.profiles import lists_of

LISTS = lists()
MODEL = SkillRecommender().fit(LISTS)
WORDS = [*POTTERS, *WEAVERS, "Python", "React", "ReactJS", "CSS", "HTML", "Redux", "Sass", "qqqq", "copywriting"]
PROFILES = st.lists(st.sampled_from(WORDS), max_size=6)
CANDIDATES = st.sampled_from(["in-demand", "all"])


def same(one: SkillRecommender, other: SkillRecommender) -> bool:
    arrays = [[m.pairs_, m.twins_, m.popularity_, *m.together_.arrays().values()] for m in (one, other)]
    same_words = one.vocabulary_.content_hash == other.vocabulary_.content_hash
    return same_words and all(np.array_equal(a, b) for a, b in zip(*arrays, strict=True))


@pytest.mark.parametrize("craft", [POTTERS, WEAVERS])
def test_the_missing_word_of_a_craft_is_found(craft: list[str]) -> None:
    """Who holds four of a craft's five words is first told the fifth."""
    for word in craft:
        held = [w for w in craft if w != word]
        assert MODEL.recommend(held, 1, "all")[0].skill == word


def test_few_lists_do_not_silence_what_is_known_already() -> None:
    """A skill of the lists still speaks for skills that no list holds, as it does in the shipped model, more quietly."""
    shipped, fitted = SkillRecommender.load(), SkillRecommender().fit([["python", "go"]] * 3)
    (python,) = shipped.vocabulary_.numbers(["Python"])
    held = set(shipped.vocabulary_.numbers(["Python", "Go"]))
    before, after = (dict(zip(*map(list, m.together_.row(python)), strict=True)) for m in (shipped, fitted))
    kept = {target: steps for target, steps in after.items() if target not in held}
    assert set(kept) == set(before) - held
    assert all(abs(steps) <= abs(before[target]) for target, steps in kept.items())
    assert fitted.recommend(["python"], candidates="all")[-1].score > 0


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_lists_does_not_matter(seed: int) -> None:
    """The same lists in another order, and their terms in another order, give the same model to the last bit."""
    rng = np.random.default_rng(seed)
    shuffled = [[LISTS[i][j] for j in rng.permutation(len(LISTS[i]))] for i in rng.permutation(len(LISTS))]
    assert same(MODEL, SkillRecommender().fit(shuffled))


@settings(max_examples=40)
@given(PROFILES, st.integers(0, 12), CANDIDATES)
def test_laws_of_suggestions_hold_for_a_fitted_model(profile: list[str], n: int, candidates: str) -> None:
    """Parts sum to the score and reasons to the relevance exactly, nothing held comes back, n are given."""
    answer = MODEL.recommend(profile, n, candidates)
    assert len(answer) == n
    for s in answer:
        assert sum(s.parts.values()) == s.score
        assert sum(r.share for r in s.because) == s.parts["together"] + s.parts["similar"]
    assert not {m.skill for m in MODEL.match_profile(profile)} & {s.skill for s in answer}


@settings(max_examples=20)
@given(st.lists(PROFILES, max_size=6), CANDIDATES)
def test_many_profiles_get_the_answers_of_one(profiles: list[list[str]], candidates: str) -> None:
    """recommend_many equals recommend on a fitted model, with pairs and twins, to the last bit."""
    assert MODEL.recommend_many(profiles, 7, candidates) == [MODEL.recommend(p, 7, candidates) for p in profiles]


def test_twins_are_never_suggested_beside_each_other() -> None:
    """Who holds one spelling is not told the other, by either door."""
    names = MODEL.vocabulary_.names
    assert len(MODEL.twins_)
    for one, other in [(names[a], names[b]) for pair in MODEL.twins_.tolist() for a, b in (pair, pair[::-1])]:
        assert other not in [s.skill for s in MODEL.recommend([one], 60, "all")]
        assert other not in [s.skill for s in MODEL.recommend_many([[one]], 60, "all")[0]]


def test_a_fitted_model_comes_back_bit_equal(tmp_path: Path) -> None:
    """save and load keep pairs, twins and all answers to the last bit, and a second save gives the same bytes."""
    assert len(MODEL.pairs_)
    MODEL.save(tmp_path / "one")
    back = SkillRecommender.load(tmp_path / "one")
    assert same(MODEL, back)
    assert back.weights_ == MODEL.weights_
    profiles = [*LISTS[:20], ["Zorbling", "qqqq"], []]
    assert back.recommend_many(profiles, 9, "all") == MODEL.recommend_many(profiles, 9, "all")
    assert [back.match(w) for w in WORDS] == [MODEL.match(w) for w in WORDS]
    back.save(tmp_path / "two")
    files = [{p.name: p.read_bytes() for p in (tmp_path / name).iterdir()} for name in ("one", "two")]
    assert files[0] == files[1]


def test_a_fitted_model_is_a_start_for_another(tmp_path: Path) -> None:
    """fit starts from any model folder: what an earlier fit learned stays known."""
    MODEL.save(tmp_path / "base")
    again = SkillRecommender(base=str(tmp_path / "base")).fit([["Zorbling", "Dripcoat"]] * 3 + [["CSS", "Dripcoat"]])
    assert again.match("dripcoat").skill == "Dripcoat"
    assert again.match("vatglaze").skill == "Vatglaze"
    answer = [s.skill for s in again.recommend(["Warpcast", "Loometry"], 3, "all")]
    assert set(answer) <= {*WEAVERS, "Python"}


def test_a_vocabulary_of_ones_own(tmp_path: Path) -> None:
    """With a table of names the shipped skills are unknown, aliases of the table hold, and lists alone teach."""
    table = tmp_path / "skills.csv"
    table.write_text("name,aliases\nZorbling,zb\nPython,py\n" + "".join(f"{w},\n" for w in WEAVERS), encoding="utf-8")
    model = SkillRecommender(vocabulary=str(table)).fit(LISTS)
    assert model.match("zb").skill == "Zorbling"
    assert model.match("copywriting").skill is None
    assert model.recommend(WEAVERS[:4], 1, "all")[0].skill == WEAVERS[4]
    model.save(tmp_path / "m")
    assert SkillRecommender.load(tmp_path / "m").get_params()["vocabulary"] == str(table)


# -- ways in ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [
    list, tuple, iter, pd.Series, pl.Series, pa.array, lambda p: pa.chunked_array([p[:2], p[2:]]),
    lambda p: pd.DataFrame({"id": range(len(p)), "skills": p}), lambda p: pl.DataFrame({"id": [*range(len(p))], "skills": p}),
    lambda p: pl.LazyFrame({"id": [*range(len(p))], "skills": p}), lambda p: pa.record_batch({"skills": p}),
    lambda p: pd.Series(p, dtype=pd.ArrowDtype(pa.list_(pa.string()))), lambda p: pa.table({"skills": p}), lambda p: np.array([*p, None], dtype=object)[:-1],
])  # fmt: skip
def test_columns_of_any_library_are_profiles(make: object) -> None:
    """Lists, tuples, iterators, and columns and frames of pandas, polars and pyarrow give one answer; null is empty."""
    profiles = [["Zorbling", "Vatglaze"], None, [], ["Loometry", None]]
    plain = MODEL.recommend_many([["Zorbling", "Vatglaze"], [], [], ["Loometry"]])
    assert MODEL.recommend_many(make(profiles)) == plain


def test_a_set_is_read_in_one_order() -> None:
    """A set of terms is read by alphabet, not in the order of hashes, which differs from process to process."""
    words = {f"word {i}" for i in range(20)}
    assert lists_of([words, frozenset(words)]) == [sorted(words)] * 2


@pytest.mark.parametrize("wrong", ["python, go", 3, {"a": 1}, [3], [[3]], [{"a": 1}]])
def test_what_is_no_list_of_profiles_is_refused(wrong: object) -> None:
    """One string, a number, a mapping and lists of them are told in one line."""
    with pytest.raises(ProfileError):
        MODEL.recommend_many(wrong)


@pytest.mark.parametrize("few", [[], [[]], [["python"]], [None, ["python"]]])
def test_too_few_lists_are_refused(few: list[list[str]]) -> None:
    """Nothing can be learned from less than two lists."""
    with pytest.raises(InputError, match="2 or more"):
        SkillRecommender().fit(few)


# -- scikit-learn -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("estimator", [SkillRecommender(), Cooccurrence(), Documents()], ids=lambda e: type(e).__name__)
def test_the_checks_of_scikit_learn_that_apply(estimator: object) -> None:
    """Parameters, clone, repr and tags follow scikit-learn (its checks of numeric arrays do not apply to words)."""
    name = type(estimator).__name__
    for check in (
        "check_no_attributes_set_in_init", "check_parameters_default_constructible", "check_get_params_invariance",
        "check_set_params", "check_valid_tag_types", "check_estimator_repr",
    ):  # fmt: skip
        getattr(estimator_checks, check)(name, clone(estimator))
    assert clone(estimator).get_params() == estimator.get_params()


def test_fitted_is_told() -> None:
    """scikit-learn sees whether a model is fitted, and an unfitted one says so."""
    check_is_fitted(MODEL)
    with pytest.raises(Exception, match="not fitted"):
        check_is_fitted(SkillRecommender())
    for ask in (SkillRecommender().predict, SkillRecommender().transform, SkillRecommender().score):
        with pytest.raises(NotFittedError):
            ask(LISTS)


def test_a_grid_search_chooses_by_score() -> None:
    """GridSearchCV and cross_val_score work on lists; score is nDCG, between 0 and 1."""
    found = GridSearchCV(SkillRecommender(), {"min_count": [2, 30]}, cv=2).fit(LISTS)
    assert found.best_params_ == {"min_count": 2}
    assert ((cross_val_score(SkillRecommender(), LISTS, cv=2) > 0.2) & (found.best_score_ <= 1)).all()


def test_a_pipeline_of_profiles() -> None:
    """In a pipeline a fitted model turns lists into a matrix of held skills, whose columns are named."""
    from sklearn.cluster import KMeans

    made = make_pipeline(SkillRecommender(), KMeans(2, n_init=3, random_state=0)).fit(LISTS)
    assert made.predict([POTTERS])[0] in (0, 1)
    matrix = MODEL.transform([["zorbling", "ZORBLING", "Python"], None])
    held = [MODEL.get_feature_names_out()[j] for j in matrix[[0]].indices]
    assert sorted(held) == ["Python", "Zorbling"]
    assert matrix.shape == (2, len(MODEL.vocabulary_))


def test_predict_names_suggestions() -> None:
    """predict gives the names that recommend gives."""
    assert MODEL.predict([["CSS"], []]).tolist() == [[s.skill for s in MODEL.recommend(p)] for p in (["CSS"], [])]


def test_a_score_needs_lists() -> None:
    """Lists too short to hide anything are refused, not scored 0."""
    with pytest.raises(InputError, match="3 recognised"):
        MODEL.score([["CSS"], ["qqqq"] * 9])


def test_the_version_of_a_model_changes_with_its_aliases(tmp_path: Path) -> None:
    """What terms are taken for is part of what a suggestion depends on: another alias, another version."""
    versions = []
    for place, alias in enumerate(("serpent", "serpent", "snake")):
        table = tmp_path / f"{place}.csv"
        table.write_text(f"name,aliases\nPython,{alias}\nSQL,\nExcel,\n", encoding="utf-8")
        versions.append(fingerprint(SkillRecommender(vocabulary=str(table)).fit(LISTS)))
    assert versions[0] == versions[1] != versions[2]
