"""Hold the vocabulary itself: names and numbers, keys, senses, and its form as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final, Self

from recommender.errors import UnknownSkillError, VocabularyError
from recommender.text import key
from recommender.vocabulary.collisions import fold_all, joined_faults, refuse
from recommender.vocabulary.keys import KeyTable
from recommender.vocabulary.skills import Entry, Sense, Skill

__all__ = ["KEY_MARK", "Vocabulary"]

FORMAT: Final = "recommender-vocabulary 4"
# Stands between keys; no key holds it, and JSON need not escape it.
KEY_MARK: Final = "|"
_RECORDS: Final = ("skills", "senses")


class Vocabulary:
    """Number the skills in the order given and find them by key.

    Two skills that share a key, by name or alias, raise `CollisionError`, which names both: a term could not say which
    it means. An alias that folds to a key of its own skill adds nothing and is dropped.

    Args:
        skills: the canonical skills, in the order of their numbers.
        senses: meanings of ambiguous forms. The form may also be the name of a skill ("Swift"); then the senses decide.

    Raises:
        CollisionError: two skills share one key.
        VocabularyError: a name without letter or digit, or a sense whose skill is not here.
    """

    _read: Callable[[str], str] | None = None

    def __init__(self, skills: Iterable[Skill], senses: Iterable[Sense] = ()) -> None:
        held = tuple(skills)
        keys, codes = fold_all(held, [f"{skill.name!r}" for skill in held])
        self._set(held, tuple(senses), keys, codes)

    def _set(self, skills: tuple[Skill, ...], senses: tuple[Sense, ...], keys: list[str], codes: list[int]) -> None:
        self.skills = skills
        self.names = tuple([skill.name for skill in skills])
        self.senses = senses
        self._keys = KeyTable(dict(zip(keys, codes, strict=True)))
        self.forms: dict[str, list[int]] = {}
        for row, sense in enumerate(senses):
            self.forms.setdefault(key(sense.form), []).append(row)
        self._check_senses()

    def _check_senses(self) -> None:
        faults = [
            f"sense {sense.form!r}: no skill {sense.skill!r}"
            for sense in self.senses
            if sense.skill is not None and sense.skill not in self._numbers
        ]
        if faults:
            raise VocabularyError(f"{joined_faults(faults)}. Add the skills, or write the canonical names.")

    @classmethod
    def from_names(cls, names: Iterable[str]) -> Self:
        """Make a vocabulary of bare names, such as the tags of a platform.

        Bare lists repeat a name in another spelling ("E-Commerce", "E Commerce"). They carry nothing that could tell
        such spellings apart, so names of the very same key are one skill under the first spelling; names that differ in
        more than their key's spelling ("C", "C++") stay apart. Use ``Vocabulary(...)`` to be told of collisions.

        Raises:
            VocabularyError: a name without letter or digit.

        >>> Vocabulary.from_names(["E-Commerce", "E Commerce", "C", "C++"]).names
        ('E-Commerce', 'C', 'C++')
        """
        if isinstance(names, str):
            raise VocabularyError(f"names is the string {names!r:.40}. Pass a list of names.")
        first: dict[str, str] = {}
        for name in names:
            if not isinstance(name, str):
                raise VocabularyError(f"a name is a {type(name).__name__}: {name!r:.40}. Pass strings.")
            first.setdefault(key(name) or refuse(name), name)
        held = tuple(Skill(name) for name in first.values())
        made = cls.__new__(cls)
        made._set(held, (), list(first), list(range(len(first))))
        return made

    @classmethod
    def from_table(cls, path: str | Path) -> Self:
        """Read a CSV or TSV of names and aliases, ESCO's files as they are; see `recommender.vocabulary.tables`.

        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     table = Path(folder, "skills.csv")
        ...     _ = table.write_text("name,aliases\\nPyTorch,torch; libtorch\\nTensorFlow,TF2\\n", encoding="utf-8")
        ...     words = Vocabulary.from_table(table)
        >>> words.names, words.lookup("libtorch")
        (('PyTorch', 'TensorFlow'), Entry(number=0, canonical=False))
        """
        from recommender.vocabulary.tables import read_table

        skills, places = read_table(Path(path))
        keys, codes = fold_all(skills, places)
        made = cls.__new__(cls)
        made._set(skills, (), keys, codes)
        return made

    @classmethod
    def read(cls, folder: str | Path) -> Self:
        """Read ``skills.tsv`` and, if there, ``senses.tsv`` of a data folder; see `recommender.vocabulary.tables`."""
        from recommender.vocabulary.tables import read_senses, read_skills

        skills, places = read_skills(Path(folder) / "skills.tsv")
        keys, codes = fold_all(skills, places)
        made = cls.__new__(cls)
        made._set(skills, read_senses(Path(folder) / "senses.tsv"), keys, codes)
        return made

    def __len__(self) -> int:
        return len(self.names)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self)} skills, {len(self._keys)} keys>"

    @cached_property
    def skills(self) -> tuple[Skill, ...]:
        """Hold the skills, in the order of their numbers."""
        read = self._read_text("skills")
        return tuple([Skill(n, f, k, tuple(w), tuple(a)) for n, f, k, w, a in json.loads(read)])

    @cached_property
    def senses(self) -> tuple[Sense, ...]:
        """Hold the meanings of ambiguous forms, in the order of the file."""
        return tuple([self._sense(row) for row in range(len(self._sense_lines))])

    @cached_property
    def _sense_lines(self) -> list[str]:
        return self._read_text("senses").splitlines()

    def _sense(self, row: int) -> Sense:
        form, skill, meaning, prior, cues = json.loads(self._sense_lines[row])
        return Sense(form, skill, meaning, prior, tuple(cues))

    def meanings(self, folded: str) -> tuple[Sense, ...]:
        """Give the meanings of an ambiguous form by its key; empty for a key that is none.

        >>> Vocabulary([Skill("Terraform")], [Sense("TF", "Terraform", "tool", 0.4)]).meanings("tf")[0].skill
        'Terraform'
        """
        return tuple([self._sense(row) for row in self.forms.get(folded, ())])

    @cached_property
    def _traits(self) -> tuple[list[list[str]], list[int]]:
        """Hold the pairs of field and kind, and which of them each skill has: far smaller than the records."""
        if self._read is not None:
            read = json.loads(self._read("traits"))
            return read["pairs"], read["skills"]
        places: dict[tuple[str, str], int] = {}
        held = [places.setdefault((skill.field, skill.kind), len(places)) for skill in self.skills]
        return [list(pair) for pair in places], held

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self.names)}

    def name(self, number: int) -> str:
        """Give the canonical name of a skill's number."""
        if not 0 <= number < len(self.names):
            raise UnknownSkillError(f"no skill number {number}: the vocabulary numbers 0 to {len(self.names) - 1}")
        return self.names[number]

    def number(self, name: str) -> int:
        """Give the number of a canonical name, written exactly so.

        Raises:
            UnknownSkillError: no skill has this name; `Matcher.match` finds other spellings.
        """
        try:
            return self._numbers[name]
        except KeyError:
            raise UnknownSkillError(
                f"no skill is named {name!r}. Look up other spellings with Matcher.match({name!r})."
            ) from None

    def numbers(self, names: Iterable[str]) -> list[int]:
        """Give the numbers of several canonical names, in their order; see `number`."""
        return [self.number(name) for name in names]

    def lookup(self, folded: str) -> Entry | None:
        """Find what a key, as `recommender.text.key` folds it, stands for; None if nothing."""
        code = self._keys.get(folded)
        if code is None:
            return None
        return Entry(code, True) if code >= 0 else Entry(~code, False)

    def kind(self, number: int) -> str:
        """Tell what kind of thing a skill is ("tool", "method"); empty where the vocabulary does not say."""
        pairs, held = self._traits
        return pairs[held[number]][1]

    def field(self, number: int) -> str:
        """Tell the field of a skill ("design"); empty where the vocabulary does not say."""
        pairs, held = self._traits
        return pairs[held[number]][0]

    @property
    def codes(self) -> KeyTable:
        """Show all keys, sorted, with the number of the skill for its canonical name, ``~number`` for an alias."""
        return self._keys

    def _read_text(self, name: str) -> str:
        """Return skills as JSON, or senses as lines of JSON: read only where the whole records are asked for."""
        if self._read is not None:
            return self._read(name)
        if name == "skills":
            return _compact([[s.name, s.field, s.kind, s.within, s.aliases] for s in self.skills])
        return "\n".join([_compact([s.form, s.skill, s.meaning, s.prior, s.cues]) for s in self.senses])

    @cached_property
    def content_hash(self) -> str:
        """Give the sha256 of the content, in hexadecimal: same skills and senses in the same order, same hash."""
        import hashlib  # at cold start nobody asks

        return hashlib.sha256("\n".join(map(self._read_text, _RECORDS)).encode("ascii")).hexdigest()

    def to_texts(self) -> dict[str, str]:
        """Write everything as texts by name: the head and the folded keys, which matching needs, and the records.

        Reading them back folds nothing anew.

        >>> words = Vocabulary.from_names(["C", "C++"])
        >>> texts = words.to_texts()
        >>> back = Vocabulary.from_texts(texts.__getitem__, words.codes.codes, words.codes.keys)
        >>> back.content_hash == words.content_hash
        True
        """
        pairs, held = self._traits
        return {
            "head": _compact({"format": FORMAT, "forms": self.forms}),
            "names": _compact(self.names),
            "traits": _compact({"pairs": pairs, "skills": held}),
            "keys": KEY_MARK.join(self._keys.keys),
            **{name: self._read_text(name) for name in _RECORDS},
        }

    @classmethod
    def from_texts(cls, text: Callable[[str], str], codes: Sequence[int], keys: Sequence[str]) -> Self:
        """Read what `to_texts` wrote; ``text`` gives each but the keys by its name, ``codes`` are those of ``keys``.

        Trusts the keys: meant for files whose hash was checked. The records of skills and senses are asked for only
        when they are needed; matching needs names and keys alone.

        Raises:
            VocabularyError: the texts are no vocabulary, or one of another format.
        """
        try:
            content = json.loads(text("head"))
            if content["format"] != FORMAT:
                raise VocabularyError(f"vocabulary of format {content['format']!r}; this version reads {FORMAT!r}.")
            made = cls.__new__(cls)
            made.names = tuple(json.loads(text("names")))
            made._read = text
            made.forms = content["forms"]
            made._keys = KeyTable.of_sorted(keys, codes)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            if isinstance(error, VocabularyError):
                raise
            fault = f"no vocabulary: {type(error).__name__} {error}. Write it with to_texts."
            raise VocabularyError(fault) from error
        return made


def _compact(content: object) -> str:
    return json.dumps(content, ensure_ascii=True, separators=(",", ":"))
