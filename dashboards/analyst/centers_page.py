"""Centers: a funnel that allows for censoring, shrunken ratios with ranks, or why a center is not compared."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import altair as alt
import pandas as pd
import streamlit as st

from dashboards import bars, charts
from dashboards.analyst import disagreement
from dashboards.endpoint_words import title
from dashboards.listing import to_csv
from dashboards.numbers import interval_words, number_in, percent
from dashboards.portal import scope, warehouse
from registry.access.rights import Person
from registry.statistics.followed import DAYS_PER_MONTH

LEVELS = {"95": "95 %", "998": "99.8 %"}
WITHIN, OUTSIDE = "within 99.8 % limits", "outside 99.8 % limits"
_NEAR = 0.04  # of the drawing's width or height: a label would lie on the next one
_STYLE = {WITHIN: (bars.BLUE, "circle"), OUTSIDE: (bars.VERMILION, "diamond")}


def page(person: Person) -> None:
    st.title("Centers")
    warehouse.show_standing()
    st.caption(
        "Centers have few patients: a difference is mostly chance, and patients differ. A center is compared only "
        "where follow-up is complete enough and there are enough data; else it says so. Nothing is adjusted for "
        "the patients' risk."
    )
    rows = warehouse.read("select * from mart_center_comparison order by center_id")
    if rows.empty:
        st.info("Nobody has been treated yet.")
        return
    center = scope.choose(person, rows["center_id"].unique())
    _by_endpoint(rows, center)
    disagreement.section(center)


def _by_endpoint(rows: pd.DataFrame, center: str | None) -> None:
    asked = list(dict.fromkeys(rows[["endpoint", "origin", "by_day"]].itertuples(index=False, name=None)))  # fmt: skip
    endpoint, origin, by_day = st.selectbox("Compared by", asked, format_func=lambda key: _words(*key))  # fmt: skip
    of = rows[(rows["endpoint"] == endpoint) & (rows["origin"] == origin) & (rows["by_day"] == by_day)]  # fmt: skip
    own = of if center is None else of[of["center_id"] == center]
    if own.empty:
        st.info("The center has no patient with this endpoint.")
        return
    _compared(own[own["withheld"].isna()])
    for row in own[own["withheld"].notna()].to_dict("records"):
        st.markdown(f"**{row['center_id']}** is not compared. {row['withheld']}")
    told = table(own)
    st.dataframe(pd.DataFrame(told), hide_index=True, width="stretch",
                 height=min(38 * (len(told) + 1), 800))  # fmt: skip
    st.download_button("Download as CSV", to_csv(told), "centers.csv", "text/csv")


def _words(endpoint: str, origin: str, by_day: int) -> str:
    return f"{title(endpoint, origin)}, by month {round(by_day / DAYS_PER_MONTH)}"


def _compared(shown: pd.DataFrame) -> None:
    if shown.empty:
        return
    st.subheader("Events, and how many would be expected")
    if len(shown) == 1:
        st.markdown(own_words(shown.iloc[0].to_dict()))
    else:
        _funnel(shown)
    st.subheader("Ratio of hazards against all")
    st.caption(
        "Drawn towards 1 the less a center's own data tell; with the 95 % interval, and that of its rank "
        "(1 is the lowest hazard)."
    )
    st.altair_chart(forest(shown), width="stretch")


def own_words(row: Mapping[Hashable, object]) -> str:
    """A single center in a sentence, where a funnel would have one point."""
    return (
        f"**{row['center_id']}:** {row['observed']} events, where {row['expected']:.1f} would be expected were it "
        f"like all; 95 % limits {row['limit_lower_95']} to {row['limit_upper_95']}, 99.8 % limits "
        f"{row['limit_lower_998']} to {row['limit_upper_998']}: {standing(row)}."
    )


def _funnel(shown: pd.DataFrame) -> None:
    st.caption(
        "Expected: were the center like all, with its own follow-up. Between the limits the number is no surprise; "
        "they are exact, and uneven since events are whole."
    )
    st.html(bars.legend({"● " + WITHIN: bars.BLUE, "◆ " + OUTSIDE: bars.VERMILION}))
    st.altair_chart(funnel(shown), width="stretch")


def standing(row: Mapping[Hashable, object]) -> str:
    """Whether a center lies within its 99.8 % limits."""
    low, observed, high = (int(str(row[n])) for n in ("limit_lower_998", "observed", "limit_upper_998"))  # fmt: skip
    return WITHIN if low <= observed <= high else OUTSIDE


def funnel(shown: pd.DataFrame) -> alt.LayerChart:
    """Observed events against expected ones, with the limits of each center joined to a funnel."""
    data = named_together(
        shown.assign(standing=[standing(row) for row in shown.to_dict("records")])
    )
    limits = pd.concat(
        [
            data.assign(limit=data[f"limit_{side}_{level}"], level=words, side=side)
            for level, words in LEVELS.items()
            for side in ("lower", "upper")
        ]
    )
    axis = alt.Axis(labelFontSize=charts.FONT, titleFontSize=charts.FONT)
    x = alt.X("expected:Q", title="Expected events", axis=axis, scale=alt.Scale(domainMin=0))
    y = alt.Y("observed:Q", title="Events", axis=axis)
    edges = (
        alt.Chart(limits)
        .mark_line(color="#777777")
        .encode(
            x=x, y=alt.Y("limit:Q", title="Events", axis=axis), detail="side:N",
            strokeDash=alt.StrokeDash(
                "level:N", title="limits", legend=alt.Legend(orient="bottom"),
                scale=alt.Scale(domain=list(LEVELS.values()), range=[[6, 3], [2, 2]]),
            ),
        )
    )  # fmt: skip
    alike = (
        alt.Chart(data)
        .mark_line(color="#777777", strokeWidth=1)
        .encode(x=x, y=alt.Y("expected:Q", title="Events"))
    )
    base = alt.Chart(data).encode(x=x, y=y)
    names = list(_STYLE)
    dots = base.mark_point(size=80, filled=True, opacity=1).encode(
        color=alt.Color("standing:N", legend=None, scale=alt.Scale(domain=names, range=[c for c, _ in _STYLE.values()])),
        shape=alt.Shape("standing:N", legend=None, scale=alt.Scale(domain=names, range=[s for _, s in _STYLE.values()])),
        tooltip=["center_id", "patients", "observed", alt.Tooltip("expected:Q", format=".1f")],
    )  # fmt: skip
    text = base.encode(text="label:N")
    beside = text.transform_filter("!datum.together").mark_text(
        dx=7, align="left", fontSize=11, color="#777777"
    )
    above = text.transform_filter("datum.together").mark_text(dy=-12, fontSize=11, color="#777777")
    drawn = charts.layered(edges, alike, dots, beside, above).properties(
        height=340, description="Events against expected events by center, as in the table."
    )
    return drawn


def named_together(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows by expected events with a label each; of points too near for two the last one names all."""
    rows = rows.sort_values(["expected", "center_id"], ignore_index=True)
    right, up = (
        rows[n].diff().abs().fillna(0) for n in ("expected", "observed")
    )  # of the first none
    far = (right > _NEAR * rows["expected"].max()) | (up > _NEAR * rows["limit_upper_998"].max())
    names = rows.groupby(far.cumsum())["center_id"]
    is_last = far.shift(-1, fill_value=True)
    return rows.assign(
        label=names.transform(", ".join).where(is_last, ""), together=names.transform("size") > 1
    )


def forest(shown: pd.DataFrame) -> alt.LayerChart:
    """Each center's ratio with its interval, and its rank in words."""
    data = shown.assign(rank=[_rank(row) for row in shown.to_dict("records")])
    low, high = float(data["ratio_lower"].min()), float(data["ratio_upper"].max())
    axis = alt.Axis(labelFontSize=charts.FONT, titleFontSize=charts.FONT)
    scale = alt.Scale(type="log", domain=[min(low, 0.5) * 0.95, max(2 * high, 2.0)])
    ticks = [t for t in (0.1, 0.25, 0.5, 1, 2, 4, 8) if low * 0.9 <= t <= high * 1.1 or t in (0.5, 1, 2)]  # fmt: skip
    x = alt.X("ratio:Q", title="Ratio of hazards", scale=scale,
              axis=alt.Axis(values=ticks, labelFontSize=charts.FONT, titleFontSize=charts.FONT))  # fmt: skip
    base = alt.Chart(data).encode(
        y=alt.Y("center_id:N", title=None, axis=axis, sort=alt.SortField("ratio"))
    )
    lines = base.mark_rule(strokeWidth=2, color=bars.BLUE).encode(
        x=alt.X("ratio_lower:Q", title="Ratio of hazards", scale=scale), x2="ratio_upper:Q"
    )
    dots = base.mark_point(size=80, filled=True, opacity=1, color=bars.BLUE).encode(
        x=x, tooltip=["center_id", "rank", alt.Tooltip("ratio:Q", format=".2f")]
    )
    words = base.mark_text(align="left", dx=6, fontSize=11, color="#777777").encode(x=alt.X("ratio_upper:Q", title="Ratio of hazards", scale=scale), text="rank:N")  # fmt: skip
    one = alt.Chart(pd.DataFrame({"one": [1.0]})).mark_rule(color="#777777", strokeDash=[4, 3]).encode(x="one:Q")  # fmt: skip
    drawn = charts.layered(one, lines, dots, words).properties(
        height=60 + 34 * len(data),
        description="Ratio of hazards by center with its interval and rank, as in the table.",
    )
    return drawn


def _rank(row: Mapping[Hashable, object]) -> str:
    return f"rank {row['rank_lower']} to {row['rank_upper']} of {row['ranked_centers']}"


def table(rows: pd.DataFrame) -> list[dict[str, object]]:
    """A row a center, shown or not: what the drawings draw, or why not."""
    return [_told(row) for row in rows.to_dict("records")]


def _told(row: Mapping[Hashable, object]) -> dict[str, object]:
    told: dict[str, object] = {
        "center": row["center_id"], "patients": row["patients"], "follow-up complete": _complete(row),
        "events": "", "expected": "", "95 % limits": "", "99.8 % limits": "", "ratio": "", "rank": "",
        "not compared": "",
    }  # fmt: skip
    if isinstance(row["withheld"], str):
        return told | {"not compared": row["withheld"]}
    return told | {
        "events": f"{row['observed']:.0f}", "expected": f"{row['expected']:.1f}",
        "95 % limits": f"{row['limit_lower_95']} to {row['limit_upper_95']}",
        "99.8 % limits": f"{row['limit_lower_998']} to {row['limit_upper_998']}",
        "ratio": f"{row['ratio']:.2f} ({row['ratio_lower']:.2f} to {row['ratio_upper']:.2f})",
        "rank": _rank(row).removeprefix("rank "),
    }  # fmt: skip


def _complete(row: Mapping[Hashable, object]) -> str:
    least, most = number_in(row["completeness_lo"]), number_in(row["completeness_hi"])
    if least is None or most is None:
        return "not known"
    return percent(least) if least == most else interval_words((least, most))
