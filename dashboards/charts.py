"""Charts a clinician recognises, drawn from rows of the marts. Colours after Okabe and Ito."""

from __future__ import annotations

import altair as alt
import pandas as pd

COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"]
VERDICT_COLOURS = {"met": "#0072B2", "deviated": "#D55E00", "not evaluable": "#BDBDBD"}
_DAYS_PER_MONTH = 30.4375
WIDTH = 620  # charts stacked on one axis cannot ask for the width of their container


def survival_curves(curve: pd.DataFrame, *, title: str, y_title: str) -> alt.VConcatChart:
    """Step curves with bands and a table of numbers at risk.

    `curve` has stratum, time_days, survival, and n_risk; ci_lower and ci_upper draw the band.
    """
    data = curve.assign(months=curve["time_days"] / _DAYS_PER_MONTH)
    x = alt.X(
        "months:Q",
        title="Months",
        axis=alt.Axis(values=list(_ticks(data))),
        scale=alt.Scale(domain=[0, _end(data)], nice=False),
    )
    colour = alt.Color(
        "stratum:N", title=None, scale=alt.Scale(range=COLOURS), legend=alt.Legend(orient="top")
    )
    base = alt.Chart(data).encode(x=x, color=colour)
    lines = base.mark_line(interpolate="step-after", strokeWidth=2).encode(
        y=alt.Y(
            "survival:Q", title=y_title, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%")
        ),
    )
    layers = [lines]
    if {"ci_lower", "ci_upper"} <= set(data.columns):
        band = base.mark_area(interpolate="step-after", opacity=0.15).encode(
            y="ci_lower:Q", y2="ci_upper:Q"
        )
        layers.insert(0, band)
    top = alt.layer(*layers).properties(width=WIDTH, height=300, title=title)
    return alt.vconcat(top, _at_risk(data), spacing=4).configure_view(strokeWidth=0)


def _end(data: pd.DataFrame) -> float:
    return max(6.0, float(data["months"].max()))


def _ticks(data: pd.DataFrame) -> range:
    return range(0, int(_end(data)) + 1, 12 if _end(data) > 24 else 6)


def _at_risk(data: pd.DataFrame) -> alt.Chart:
    """How many are still observed, at regular months; the last row at or before each month."""
    rows = [
        {"stratum": stratum, "months": month, "n_risk": _still_at_risk(of, month)}
        for stratum, of in data.groupby("stratum") for month in _ticks(data)
    ]  # fmt: skip
    return (
        alt.Chart(pd.DataFrame(rows))
        .mark_text(fontSize=12)
        .encode(
            x=alt.X("months:Q", axis=None, scale=alt.Scale(domain=[0, _end(data)], nice=False)),
            y=alt.Y("stratum:N", title="At risk"),
            text="n_risk:N",
            color=alt.Color("stratum:N", legend=None, scale=alt.Scale(range=COLOURS)),
        )
        .properties(width=WIDTH, height=26 * data["stratum"].nunique())
    )


def _still_at_risk(of: pd.DataFrame, month: float) -> int:
    """At risk just before a month: the count of the first later step, 0 after the last."""
    later = of[of["months"] >= month].sort_values("months")
    return int(later["n_risk"].iloc[0]) if len(later) else 0


def adherence_bars(rows: pd.DataFrame) -> alt.Chart:
    """One bar a recommendation, split into met, deviated and not evaluable.

    `rows` has recommendation, verdict and subjects.
    """
    order = list(VERDICT_COLOURS)
    return (
        alt.Chart(rows.assign(rank=rows["verdict"].map(order.index)))
        .mark_bar()
        .encode(
            y=alt.Y("recommendation:N", title=None, sort=None, axis=alt.Axis(labelLimit=420)),
            x=alt.X("subjects:Q", stack="normalize", title="Share of subjects", axis=alt.Axis(format="%")),
            color=alt.Color(
                "verdict:N", title=None, sort=order,
                scale=alt.Scale(domain=order, range=list(VERDICT_COLOURS.values())),
                legend=alt.Legend(orient="top"),
            ),
            order="rank:Q",
            tooltip=["recommendation", "verdict", "subjects"],
        )
        .properties(width="container", height=alt.Step(26))
    )  # fmt: skip
