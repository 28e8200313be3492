"""How often small centers are flagged wrongly, and how often intervals hold the truth, by simulation.

`python -m benchmarks.small_centers` prints the table of docs/decisions/0016-small-centers.md.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np

from registry.statistics.centers import Rules, compare_centers
from registry.statistics.proportion import clopper_pearson

CENTERS, BY_DAY, MEAN_DAYS = 12, 730, 900
SIZES = (3, 5, 10, 20)
# every center is judged, to see what would be shown without the rule
NO_RULE = Rules(least_patients=1, least_expected=0, least_completeness=0)


@dataclass(frozen=True)
class Measured:
    """Shares over centers and repetitions; `withheld` of centers by the rules as they stand.

    `crude_flagged` are those a funnel would flag that takes everybody as followed to the day. The errors
    are root mean squares of the logarithm of a ratio, shrunken and events over expected (0 as 1/2).
    """

    patients: int
    flagged_95: float
    flagged_998: float
    crude_flagged: float
    covered: float
    rank_covered: float
    error: float
    error_plain: float
    withheld: float


def measure(patients: int, repetitions: int, *, spread: float, seed: int) -> Measured:
    """Twelve centers whose follow-up differs (longest 0.6 to 4 years) and whose ratios have this spread."""
    draw = np.random.default_rng(seed)
    code = np.repeat([f"C{number:02d}" for number in range(CENTERS)], patients)
    longest = np.repeat(np.linspace(220, 1460, CENTERS), patients)
    found: list[tuple[float, ...]] = []
    for _ in range(repetitions):
        ratios = draw.gamma(1 / spread**2, spread**2, CENTERS) if spread else np.ones(CENTERS)
        death = np.ceil(draw.exponential(MEAN_DAYS / np.repeat(ratios, patients)))
        last = np.ceil(draw.uniform(0.3, 1, code.size) * longest)
        times, status = np.minimum(death, last), (death <= last).astype(int)
        if status[times <= BY_DAY].sum() == 0:
            continue
        found += _once(times, status, code, ratios / ratios.mean())
    means = np.mean(found, axis=0)
    shares, squares, withheld = means[:5], means[5:7], means[7]
    return Measured(patients, *map(float, (*shares, *np.sqrt(squares), withheld)))


def _once(
    times: np.ndarray, status: np.ndarray, code: np.ndarray, ratios: np.ndarray
) -> list[tuple[float, ...]]:
    shown = compare_centers(times, status, code, by_day=BY_DAY, rules=NO_RULE, draws=1000)
    ruled = compare_centers(times, status, code, by_day=BY_DAY, draws=2)
    true_ranks = ratios.argsort().argsort() + 1
    all_dead = (status[times <= BY_DAY].sum()) / times.size
    rows: list[tuple[float, ...]] = []
    for number, center in enumerate(shown):
        observed, expected = center.observed or 0, center.expected or 1e-9
        low, high = clopper_pearson(observed, center.patients)
        truth, rank = ratios[number], true_ranks[number]
        rows.append((
            float(center.outside(0.95)),
            float(center.outside(0.998)),
            float(not low <= all_dead <= high),
            float(center.ratio_lower <= truth <= center.ratio_upper),
            float(center.rank_lower <= rank <= center.rank_upper),
            np.log(center.ratio / truth) ** 2,
            np.log(max(observed, 0.5) / expected / truth) ** 2,
            float(bool(ruled[number].withheld)),
        ))  # fmt: skip
    return rows


def table(repetitions: int) -> str:
    """The two parts as Markdown."""
    lines = []
    for spread, words in (
        (0.0, "no center differs"),
        (0.4, "ratios spread by 0.4"),
        (0.6, "ratios spread by 0.6"),
    ):
        lines += [
            "", f"{CENTERS} centers, {words}, {repetitions} repetitions:", "",
            "| patients a center | outside 95 % | outside 99.8 % | outside 95 %, censoring ignored "
            "| ratio covered | rank covered | error, shrunken | error, O/E | withheld by rule |",
            "|---|---|---|---|---|---|---|---|---|",
        ]  # fmt: skip
        for size in SIZES:
            m = measure(size, repetitions, spread=spread, seed=size)
            ranked = f"{m.rank_covered:.1%}" if spread else "–"
            lines.append(
                f"| {size} | {m.flagged_95:.1%} | {m.flagged_998:.2%} | {m.crude_flagged:.1%} "
                f"| {m.covered:.1%} | {ranked} | {m.error:.2f} | {m.error_plain:.2f} | {m.withheld:.0%} |"
            )
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(int(sys.argv[1]) if len(sys.argv) > 1 else 500))
