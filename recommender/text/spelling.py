"""Mend what a copy did to a text without folding its spelling: look-alike letters, invisible marks, odd blanks."""

from __future__ import annotations

from recommender.text.fold import drop_invisible, replace_look_alikes

__all__ = ["clean"]


def clean(term: str) -> str:
    """Replace look-alike letters inside Latin words and drop invisible marks; keep case, accents and punctuation.

    `key` folds a name away to compare it; this gives the name to show, as its author wrote it before it was copied.
    Runs of blanks become one. Runs in linear time; never fails; idempotent.

    >>> clean("Stablе  Diffusion"), clean("ТеnsorFlow"), clean("Москва")      # Cyrillic letters in the first two
    ('Stable Diffusion', 'TensorFlow', 'Москва')
    """
    plain = " ".join(term.split())
    return (
        plain
        if plain.isascii() and plain.isprintable()
        else " ".join(replace_look_alikes(drop_invisible(plain)).split())
    )
