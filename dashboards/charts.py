"""Curves a clinician recognises, drawn from rows of the marts: survival with its band, incidence as stacks.

Every drawing has the numbers at risk right below it, and `points` has the same as a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
import pandas as pd

from dashboards.numbers import interval_words, percent
from dashboards.strokes import strokes
from registry.statistics.followed import DAYS_PER_MONTH

# Both charts take the width of the page, a phone's too; equal room for the labels left of the axis
# is what keeps their months above each other.
_LEFT, FONT, _TITLE = 86, 13, 48
_MOST_TICKS = 6.5  # as many numbers at risk as a phone has room for
# from below: what is counted, what precludes it, who had neither; they differ in lightness as well
STACK = ("#0072B2", "#E69F00", "#E8E8E8")


@dataclass(frozen=True)
class TimeScale:
    """A unit of the axis of time; ticks stand at the smallest of `steps` that leaves room for them."""

    title: str
    days: float
    steps: tuple[float, ...]

    def end(self, last_day: float) -> float:
        return max(self.steps[0], last_day / self.days)

    def ticks(self, last_day: float) -> list[float]:
        end = self.end(last_day)
        step = next((s for s in self.steps if end / s <= _MOST_TICKS), self.steps[-1])
        return [n * step for n in range(int(end / step) + 1)]


MONTHS = TimeScale("Months", DAYS_PER_MONTH, (6, 12, 24, 48, 96))
DAYS = TimeScale("Days", 1, (7, 14, 30, 90, 180, 365, 730, 1460))
YEARS = TimeScale("Years", 365.25, (1, 2, 5, 10))
SCALES = {scale.title: scale for scale in (MONTHS, DAYS, YEARS)}


def key(curve: pd.DataFrame) -> dict[str, str]:
    """The line of each stratum, for a legend; empty for a single curve, which needs none."""
    found = strokes(curve["stratum"])
    return {name: stroke.css for name, stroke in found.items()} if len(found) > 1 else {}


def layered(*layers: alt.Chart) -> alt.LayerChart:
    """The drawings above each other."""
    drawn = alt.layer(*layers)
    assert isinstance(drawn, alt.LayerChart)  # none of them has facets
    return drawn


def survival_curves(
    curve: pd.DataFrame, *, beyond: str = "0", scale: TimeScale = MONTHS
) -> tuple[alt.LayerChart, alt.Chart]:
    """Step curves with bands, and the numbers at risk to be drawn right below them.

    `curve` has stratum, time_days, survival, and n_risk; ci_lower and ci_upper draw the band.
    `beyond` is who is at risk after the end of a curve: nobody, or too few to say.
    """
    data = curve.assign(time=curve["time_days"] / scale.days)
    of = strokes(data["stratum"])
    names = list(of)
    base = alt.Chart(data).encode(
        x=_time(data, scale),
        color=alt.Color(
            "stratum:N", legend=None,
            scale=alt.Scale(domain=names, range=[of[n].colour for n in names]),
        ),
    )  # fmt: skip
    lines = base.mark_line(interpolate="step-after", strokeWidth=2).encode(
        y=_share("survival:Q"),
        strokeDash=alt.StrokeDash(
            "stratum:N", legend=None,
            scale=alt.Scale(domain=names, range=[list(of[n].dash) for n in names]),
        ),
    )  # fmt: skip
    layers = [lines]
    if {"ci_lower", "ci_upper"} <= set(data.columns):
        band = base.mark_area(interpolate="step-after", opacity=0.15).encode(
            y="ci_lower:Q", y2="ci_upper:Q"
        )
        layers.insert(0, band)
    said = f"Survival curves of {', '.join(names)}; the table has their points."
    drawn = layered(*layers).properties(height=300, description=said)
    return drawn, at_risk(curve, beyond=beyond, scale=scale)


def incidence_stack(
    curve: pd.DataFrame,
    words: tuple[str, str, str],
    *,
    beyond: str = "0",
    scale: TimeScale = MONTHS,
) -> tuple[alt.LayerChart, alt.Chart]:
    """One group: who has had the event, who the competing one, who neither; together always all.

    `curve` has stratum, time_days, incidence, competing and n_risk; `words` name the three from below.
    """
    data = curve.assign(
        time=curve["time_days"] / scale.days,
        zero=0.0, both=curve["incidence"] + curve["competing"], one=1.0,
    )  # fmt: skip
    base = alt.Chart(data).encode(x=_time(data, scale))
    edges = (("zero", "incidence"), ("incidence", "both"), ("both", "one"))
    layers = [
        base.mark_area(interpolate="step-after", color=colour).encode(
            y=_share(f"{upper}:Q"), y2=f"{lower}:Q"
        )
        for (lower, upper), colour in zip(edges, STACK, strict=True)
    ] + [
        base.mark_line(interpolate="step-after", color="#000", strokeWidth=1.5, strokeDash=dash).encode(
            y=_share(f"{edge}:Q")
        )
        for edge, dash in (("incidence", [1, 0]), ("both", [5, 3]))
    ]  # fmt: skip
    said = f"Shares of all, from below: {', '.join(words)}; the table has their points."
    drawn = layered(*layers).properties(height=240, description=said)
    return drawn, at_risk(curve, beyond=beyond, scale=scale)


def stack_key(words: tuple[str, str, str]) -> dict[str, str]:
    """The legend of stacks, in their order from below."""
    line = ("below the whole line: ", "below the broken line: ", "above: ")
    return {
        f"{where}{name}": colour for where, name, colour in zip(line, words, STACK, strict=True)
    }


def at_risk(curve: pd.DataFrame, *, beyond: str = "0", scale: TimeScale = MONTHS) -> alt.Chart:
    """How many are still observed, at regular times."""
    last = float(curve["time_days"].max())
    rows = [
        {"stratum": stratum, "time": tick, "n_risk": _at_risk(of, tick * scale.days) or beyond}
        for stratum, of in curve.groupby("stratum") for tick in scale.ticks(last)
    ]  # fmt: skip
    chart: alt.Chart = (
        alt.Chart(pd.DataFrame(rows))
        .mark_text(fontSize=FONT)
        .encode(
            x=alt.X("time:Q", axis=None, scale=alt.Scale(domain=[0, scale.end(last)], nice=False)),
            y=alt.Y(
                "stratum:N", title=None,
                axis=alt.Axis(
                    minExtent=_LEFT, maxExtent=_LEFT, labelLimit=_LEFT - 20, labelPadding=20,
                    labelFontSize=FONT, grid=False, ticks=False, domain=False,
                ),
            ),
            text="n_risk:N",
            color=alt.value("#777777"),  # to be read on a white page and on a dark one
        )
        .properties(
            height=_TITLE + 24 * curve["stratum"].nunique(),
            title=alt.Title("At risk", anchor="start", fontSize=FONT),
            description="Patients at risk, as in the table.",
        )
    )  # fmt: skip
    return chart


def points(
    curve: pd.DataFrame,
    shares: Sequence[str] = ("survival",),
    *,
    beyond: str = "0",
    scale: TimeScale = MONTHS,
) -> pd.DataFrame:
    """The drawing as a table: at every tick who is at risk and the shares, with the interval if there is one."""
    rows = []
    last = float(curve["time_days"].max())
    for stratum, of in curve.groupby("stratum"):
        for tick in scale.ticks(last):
            day = tick * scale.days
            row = {
                "group": stratum, scale.title.lower(): f"{tick:g}",
                "at risk": _at_risk(of, day) or beyond,
            }  # fmt: skip
            reached = of[of["time_days"] <= day].sort_values("time_days")
            is_told = len(reached) > 0 and day <= float(of["time_days"].max())
            for share in shares:
                row[share] = percent(float(reached[share].iloc[-1])) if is_told else ""
            if "ci_lower" in of.columns:
                row["95 % interval"] = _interval(reached.iloc[-1]) if is_told else ""
            rows.append(row)
    return pd.DataFrame(rows)


def _interval(step: pd.Series) -> str:
    low, high = step["ci_lower"], step["ci_upper"]
    return "" if pd.isna(low) or pd.isna(high) else interval_words((float(low), float(high)))


def _at_risk(of: pd.DataFrame, day: float) -> str | None:
    """At risk just before a day: the count of the first later step, None after the last."""
    later = of[of["time_days"] >= day].sort_values("time_days")
    return str(int(later["n_risk"].iloc[0])) if len(later) else None


def _time(data: pd.DataFrame, scale: TimeScale) -> alt.X:
    last = float(data["time_days"].max())
    return alt.X(
        "time:Q",
        title=scale.title,
        axis=alt.Axis(values=scale.ticks(last), labelFontSize=FONT, titleFontSize=FONT),
        scale=alt.Scale(domain=[0, scale.end(last)], nice=False),
    )


def _share(column: str) -> alt.Y:
    return alt.Y(
        column, title=None, scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(
            format="%", minExtent=_LEFT, maxExtent=_LEFT, labelFontSize=FONT, titleFontSize=FONT
        ),
    )  # fmt: skip
