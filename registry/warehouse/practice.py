"""How the verdicts of the warehouse that is served are distributed, for the coverage report."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

from registry.duck import open_locked


@dataclass(frozen=True)
class Counts:
    """The verdicts of an entry and reading, or of several of them."""

    met: int = 0
    deviated: int = 0
    not_evaluable: int = 0
    not_applicable: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @property
    def judged(self) -> int:
        """Subjects met or deviated from."""
        return self.met + self.deviated

    @property
    def concerned(self) -> int:
        """Subjects it may apply to: all but those it does not apply to."""
        return self.judged + self.not_evaluable


def practice(folder: Path) -> dict[tuple[str, str], Counts]:
    """Entry and reading to its verdicts over all centers, from a warehouse's folder."""
    names = ", ".join(f"sum({f.name})" for f in fields(Counts))
    with open_locked(folder / "analyst.duckdb") as connection:
        rows = connection.execute(
            f"select recommendation_id, reading, {names} from mart_adherence group by all"
        ).fetchall()
    return {(id_, reading): Counts(*map(int, counts)) for id_, reading, *counts in rows}
