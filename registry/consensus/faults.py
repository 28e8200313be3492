"""What is wrong with the consensus files: every fault, each with its place, in one exception."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Fault:
    """One fault: the file, the line (0 when the whole file is meant), the entry, what is wrong."""

    file: str
    line: int
    place: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return (
            f"{where}: {self.place}: {self.message}" if self.place else f"{where}: {self.message}"
        )


class ConsensusFaults(Exception):  # noqa: N818 - a list of faults, not one error
    """The consensus cannot be used. `faults` lists all that was found, in the order of the files."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        lines = [f"{len(self.faults)} fault(s) in the consensus files", *map(str, self.faults)]
        super().__init__("\n  ".join(lines))
