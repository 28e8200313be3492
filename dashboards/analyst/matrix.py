"""Centers and recommendations at one look: the rate in every cell, or why there is none."""

from __future__ import annotations

import altair as alt
import pandas as pd

from dashboards import charts
from dashboards.adherence import Line, group_of, lines
from registry.statistics.proportion import MIN_SUBJECTS

TOO_FEW = "–"
_DARK = 0.65  # from here on the words in a cell are white


def cells(rows: pd.DataFrame, group: str) -> pd.DataFrame:
    """A row a center and recommendation of the group, in its default reading; rows are those of `mart_adherence`."""
    found = []
    for center in sorted(rows["center_id"].unique()):
        for line in lines(rows, center):
            if line.is_default and group_of(line.entry) == group:
                found.append(_cell(center, line))
    return pd.DataFrame(found)


def _cell(center: str, line: Line) -> dict[str, object]:
    tally = line.tally
    return {
        "center": center, "id": line.entry.id, "recommendation": line.title, "rate": tally.rate,
        "judged": tally.judged, "not evaluable": tally.not_evaluable,
        "told": TOO_FEW if tally.rate is None else f"{100 * tally.rate:.0f}",
        "is_dark": tally.rate is not None and tally.rate > _DARK,
    }  # fmt: skip


def drawing(found: pd.DataFrame) -> alt.LayerChart:
    """The darker, the more often; the number in the cell says the same, in percent."""
    axis = alt.Axis(labelFontSize=charts.FONT - 1, orient="top", labelAngle=-90, title=None)
    base = alt.Chart(found).encode(
        x=alt.X("center:N", axis=axis),
        y=alt.Y("id:N", sort=None, title=None, axis=alt.Axis(labelFontSize=charts.FONT - 1)),
    )
    squares = base.mark_rect(stroke="#ffffff").encode(
        color=alt.Color(
            "rate:Q", legend=None,
            scale=alt.Scale(domain=[0, 1], range=["#E3EEF6", "#00436B"]),
        ),
        tooltip=["center", "id", "recommendation", "told", "judged", "not evaluable"],
    )  # fmt: skip
    numbers = base.mark_text(fontSize=11).encode(
        text="told:N",
        color=alt.condition("datum.is_dark", alt.value("#ffffff"), alt.value("#000000")),
    )
    drawn = charts.layered(squares, numbers)
    return drawn.properties(
        height=50 + 22 * found["id"].nunique(),
        description="Rates by center and recommendation, as in the table.",
    )


def table(found: pd.DataFrame) -> pd.DataFrame:
    """The same with the recommendations in words."""
    wide = found.pivot_table(
        index=["id", "recommendation"], columns="center", values="told", aggfunc="first", sort=False
    )
    return wide.reset_index()


def caption() -> str:
    return (
        f"Percent of those judged. {TOO_FEW}: fewer than {MIN_SUBJECTS} could be judged, so there is no rate. "
        "With so few a center, most differences are chance: look at a recommendation closely before you read them."
    )
