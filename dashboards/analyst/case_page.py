"""One case as a swimmer plot: what happened when, from diagnosis to last contact."""

from __future__ import annotations

import altair as alt
import pandas as pd
import streamlit as st

from dashboards import bars, charts
from dashboards.analyst.case_story import LANES, cases_of, story
from dashboards.portal import warehouse
from registry.access.rights import Person

# a shape a lane, so that none needs its colour
_SHAPES = {
    "courses": "square", "donor cells": "triangle-up", "response": "diamond", "complications": "cross",
    "transplant": "triangle-down", "end": "circle",
}  # fmt: skip


def page(person: Person) -> None:
    st.title("One case")
    warehouse.show_standing()
    st.caption(
        "Days count from diagnosis. What has no day in the record is not drawn. Looking at a case is entered in "
        "the audit trail."
    )
    center = person.center_id
    if center is None:
        centers = warehouse.read("select distinct center_id from dim_patient order by 1")
        center = st.selectbox("Center", list(centers["center_id"]), index=None, key="case center")
    if center is None:
        st.info("Choose a center.")
        return
    warehouse.build()  # without a warehouse the page ends here and says so
    case = st.selectbox("Case", cases_of(person, center), index=None, key=f"case of {center}")
    if case is None:
        st.info("Choose a case.")
        return
    told = story(person, center, case)
    scale = charts.SCALES[st.segmented_control("Time in", list(charts.SCALES), default="Days", required=True)]  # fmt: skip
    if told.empty:
        st.info("No day is known of this case.")
        return
    st.subheader(f"{center}, {case}")
    st.altair_chart(drawing(told, scale), width="stretch")
    st.dataframe(table(told), hide_index=True, width="stretch")


def drawing(told: pd.DataFrame, scale: charts.TimeScale) -> alt.LayerChart:
    """A lane a kind of event; the bar is the time observed, every mark has its label."""
    data = told.assign(time=told["day"] / scale.days, until=told["until_day"] / scale.days)
    lanes = [lane for lane in LANES if lane in set(data["lane"])]
    first, last = min(0.0, float(data["time"].min())), float(data["until"].max())
    # room for the last label
    x = alt.X(
        "time:Q", title=f"{scale.title} since diagnosis",
        scale=alt.Scale(domain=[first, max(last * 1.15, 1.0)], nice=False),
        axis=alt.Axis(labelFontSize=charts.FONT, titleFontSize=charts.FONT),
    )  # fmt: skip
    y = alt.Y("lane:N", title=None, sort=lanes, scale=alt.Scale(domain=lanes),
              axis=alt.Axis(labelFontSize=charts.FONT, labelLimit=100, grid=True, ticks=False))  # fmt: skip
    span = alt.Chart(data[data["lane"] == "observed"]).mark_bar(size=14, color=bars.PALE)
    events = alt.Chart(data[data["lane"] != "observed"])
    shapes = list(_SHAPES)
    marks = events.mark_point(size=90, filled=True, opacity=1, color=bars.BLUE).encode(
        x=x, y=y, tooltip=["lane", "day", "words"],
        shape=alt.Shape(
            "lane:N", legend=None, scale=alt.Scale(domain=shapes, range=[_SHAPES[s] for s in shapes])
        ),
    )  # fmt: skip
    labels = events.mark_text(dx=8, align="left", fontSize=11, color="#777777").encode(x=x, y=y, text="label:N")  # fmt: skip
    drawn = charts.layered(span.encode(x=x, x2="until:Q", y=y), marks, labels)
    return drawn.properties(
        height=60 + 38 * len(lanes), description="Events of the case by day, as in the table."
    )


def table(told: pd.DataFrame) -> pd.DataFrame:
    """The same by day."""
    days = [
        f"{day:.0f}" if day == until else f"{day:.0f} to {until:.0f}"
        for day, until in zip(told["day"], told["until_day"], strict=True)
    ]
    return pd.DataFrame({"day": days, "what": told["words"]})
