"""How groups are told apart: by colour and by the dash of the line, so that either alone is enough.

Colours after Okabe and Ito. Six of them with six dashes make 36 strokes before one comes again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate, pairwise

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
_DASHES = ((1, 0), (6, 3), (2, 2), (9, 3, 2, 3), (12, 4), (4, 4, 1, 4))


@dataclass(frozen=True)
class Stroke:
    """The colour of a line and its dash: on, off, on, off in pixels."""

    colour: str
    dash: tuple[int, ...]

    @property
    def css(self) -> str:
        """The line as a background, for a legend in HTML."""
        ends = list(accumulate(self.dash))
        shown = (self.colour if n % 2 == 0 else "transparent" for n in range(len(ends)))
        stops = ",".join(
            f"{colour} {start}px {end}px"
            for colour, (start, end) in zip(shown, pairwise([0, *ends]), strict=True)
        )
        return f"repeating-linear-gradient(90deg,{stops}) center/100% 3px no-repeat"


def strokes(groups: Iterable[str]) -> dict[str, Stroke]:
    """A stroke of its own for every group, in the order of their names."""
    names = sorted(set(groups))
    size = len(COLOURS)
    if len(names) > size * len(_DASHES):
        raise ValueError(f"{len(names)} groups cannot be told apart in one drawing")
    return {
        name: Stroke(COLOURS[n % size], _DASHES[(n + n // size) % len(_DASHES)])
        for n, name in enumerate(names)
    }
