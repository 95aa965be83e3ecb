"""Read what freelancers of a role really hold together: `data/roles.tsv`.

One line a role: its name, field, how common it is (1 to 5), the skills that most people of the role list (`core`),
those that many list (`often`), and the AI skills that people of the role add (`ai`), each commonest first. Beside it,
`data/overlaps.tsv` names the skills that hold others.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from recommender.errors import MissingFileError, VocabularyError

__all__ = ["Role", "read", "read_overlaps"]

FORMAT = "recommender-roles 1"
OVERLAPS_FORMAT = "recommender-overlaps 1"
OVERLAPS_COLUMNS = ("skill", "holds")
COLUMNS = ("role", "field", "weight", "core", "often", "ai")


@dataclass(frozen=True, slots=True)
class Role:
    """Carry one role: names of skills in the order of how many people of the role list them."""

    name: str
    field: str
    weight: int
    core: tuple[str, ...]
    often: tuple[str, ...]
    ai: tuple[str, ...]


def read(path: Path) -> tuple[Role, ...]:
    """Read a roles file, all faults reported at once.

    Raises
    ------
    MissingFileError
        No file lies there.
    VocabularyError
        Another format, a wrong column, a weight outside 1 to 5, a role named twice.
    """
    faults: list[str] = []
    roles = [_role(cells, i, faults) for i, cells in _rows(path, FORMAT, COLUMNS)]
    names = [role.name for role in roles if role]
    faults += [f"role {name!r} stands twice" for name in sorted({n for n in names if names.count(n) > 1})]
    if faults:
        raise VocabularyError(f"{path}: {'; '.join(faults[:5])} ({len(faults)} faults). Mend these lines.")
    return tuple(role for role in roles if role)


def read_overlaps(path: Path) -> tuple[tuple[str, str], ...]:
    """Read which skills hold which others ("C/C++" holds C and C++), as pairs of names; errors as for `read`."""
    rows = _rows(path, OVERLAPS_FORMAT, OVERLAPS_COLUMNS)
    if bad := [str(i) for i, cells in rows if len(cells) != len(OVERLAPS_COLUMNS)]:
        raise VocabularyError(f"{path}: lines {', '.join(bad[:5])} have not 2 columns. Mend these lines.")
    return tuple((cells[0], held) for _, cells in rows for held in cells[1].split("; "))


def _rows(path: Path, wanted: str, columns: tuple[str, ...]) -> list[tuple[int, list[str]]]:
    """Check the head of a file and give its rows with their line numbers."""
    if not path.is_file():
        raise MissingFileError(f"{path}: no such file. Restore the data folder, or set RECOMMENDER_HOME.")
    lines = path.read_text(encoding="utf-8").splitlines()
    if not lines or lines[0] != f"# format: {wanted}":
        raise VocabularyError(f"{path}: line 1 is not '# format: {wanted}'. Use a file of this version.")
    rows = [(i, line.split("\t")) for i, line in enumerate(lines, 1) if line and not line.startswith("#")]
    if not rows or tuple(rows[0][1]) != columns:
        raise VocabularyError(f"{path}: the columns are not {', '.join(columns)}. Name them so, tab-separated.")
    return rows[1:]


def _role(cells: list[str], line: int, faults: list[str]) -> Role | None:
    if len(cells) != len(COLUMNS) or cells[2] not in "12345" or not cells[0]:
        faults.append(f"line {line} has {len(cells)} columns or a weight outside 1 to 5")
        return None
    core, often, ai = (tuple(s for s in cell.split("; ") if s) for cell in cells[3:])
    return Role(cells[0], cells[1], int(cells[2]), core, often, ai)
