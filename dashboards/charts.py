"""Survival curves a clinician recognises, drawn from rows of the marts. Colours after Okabe and Ito."""

from __future__ import annotations

import altair as alt
import pandas as pd

from dashboards.numbers import DAYS_PER_MONTH

COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"]
# Both charts take the width of the page, a phone's too; equal room for the labels left of the axis
# is what keeps their months above each other.
_LEFT, FONT, _TITLE = 86, 13, 48


def key(curve: pd.DataFrame) -> dict[str, str]:
    """The colour of each stratum; empty for a single curve, which needs none."""
    strata = sorted(curve["stratum"].unique())
    return dict(zip(strata, COLOURS, strict=False)) if len(strata) > 1 else {}


def survival_curves(
    curve: pd.DataFrame, *, beyond: str = "0"
) -> tuple[alt.LayerChart | alt.FacetChart, alt.Chart]:
    """Step curves with bands, and the numbers at risk to be drawn right below them.

    `curve` has stratum, time_days, survival, and n_risk; ci_lower and ci_upper draw the band.
    `beyond` is who is at risk after the end of a curve: nobody, or too few to say.
    """
    data = curve.assign(months=curve["time_days"] / DAYS_PER_MONTH)
    x = alt.X(
        "months:Q",
        title="Months",
        axis=alt.Axis(values=list(_ticks(data)), labelFontSize=FONT, titleFontSize=FONT),
        scale=alt.Scale(domain=[0, _end(data)], nice=False),
    )
    base = alt.Chart(data).encode(
        x=x,
        color=alt.Color(
            "stratum:N", legend=None,
            scale=alt.Scale(domain=sorted(data["stratum"].unique()), range=COLOURS),
        ),
    )  # fmt: skip
    lines = base.mark_line(interpolate="step-after", strokeWidth=2).encode(
        y=alt.Y(
            "survival:Q", title=None, scale=alt.Scale(domain=[0, 1]),
            axis=alt.Axis(
                format="%", minExtent=_LEFT, maxExtent=_LEFT, labelFontSize=FONT,
                titleFontSize=FONT,
            ),
        ),
    )  # fmt: skip
    layers = [lines]
    if {"ci_lower", "ci_upper"} <= set(data.columns):
        band = base.mark_area(interpolate="step-after", opacity=0.15).encode(
            y="ci_lower:Q", y2="ci_upper:Q"
        )
        layers.insert(0, band)
    return alt.layer(*layers).properties(height=300), _at_risk(data, beyond)


def _end(data: pd.DataFrame) -> float:
    return max(6.0, float(data["months"].max()))


def _ticks(data: pd.DataFrame) -> range:
    end = _end(data)
    return range(0, int(end) + 1, 24 if end > 72 else 12 if end > 24 else 6)


def _at_risk(data: pd.DataFrame, beyond: str) -> alt.Chart:
    """How many are still observed, at regular months."""
    rows = [
        {"stratum": stratum, "months": month, "n_risk": _still_at_risk(of, month) or beyond}
        for stratum, of in data.groupby("stratum") for month in _ticks(data)
    ]  # fmt: skip
    chart: alt.Chart = (
        alt.Chart(pd.DataFrame(rows))
        .mark_text(fontSize=FONT)
        .encode(
            x=alt.X("months:Q", axis=None, scale=alt.Scale(domain=[0, _end(data)], nice=False)),
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
            height=_TITLE + 24 * data["stratum"].nunique(),
            title=alt.Title("At risk", anchor="start", fontSize=FONT),
        )
    )  # fmt: skip
    return chart


def _still_at_risk(of: pd.DataFrame, month: float) -> str | None:
    """At risk just before a month: the count of the first later step, None after the last."""
    later = of[of["months"] >= month].sort_values("months")
    return str(int(later["n_risk"].iloc[0])) if len(later) else None
