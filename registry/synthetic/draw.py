"""Random draws in the words of this package. One key, one stream, on every machine."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


class Draw:
    """A stream of draws that depends on its key alone; a patient has one of their own."""

    def __init__(self, *key: int) -> None:
        self._generator = np.random.default_rng(key)

    def unit(self) -> float:
        return float(self._generator.random())

    def chance(self, probability: float) -> bool:
        return self.unit() < probability

    def whole(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self.unit() * (high - low + 1))

    def among(self, options: Sequence[T]) -> T:
        return options[self.whole(0, len(options) - 1)]

    def weighted(self, weights: Mapping[T, float]) -> T:
        left = self.unit() * sum(weights.values())
        for option, weight in weights.items():
            left -= weight
            if left < 0:
                return option
        return next(reversed(list(weights)))

    def normal(self, mean: float, sd: float, low: float, high: float, digits: int = 1) -> float:
        value = mean + sd * float(self._generator.standard_normal())
        return round(min(max(value, low), high), digits)

    def around(self, median: float, spread: float) -> float:
        """A positive value whose logarithm is normal; `spread` is its standard deviation."""
        return median * math.exp(spread * float(self._generator.standard_normal()))

    def waiting(self, median: float) -> float:
        """An exponential waiting time."""
        return median * -math.log2(1 - self.unit())

    def shuffled(self, items: Sequence[T]) -> list[T]:
        order = self._generator.permutation(len(items))
        return [items[int(i)] for i in order]
