"""Benchmarks: every published figure, the registry's own beside it, and why there is none where none is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

import altair as alt
import pandas as pd
import streamlit as st

from dashboards import bars, charts, figures
from dashboards.listing import to_csv
from dashboards.numbers import amount, interval_words, percent
from dashboards.portal import warehouse
from registry.access.rights import Person
from registry.analysis.benchmarks import Comparison, Own, comparisons, told_to
from registry.analysis.own_figures import DAYS_PER

PUBLISHED, REGISTRY = "published", "registry"
_SHORT = {
    "os": "OS", "lfs": "LFS", "median_os": "median OS", "cr": "CR", "cr_cri": "CR, CRi", "cure": "cure",
    "severe_gvhd": "GVHD", "over_60": "over 60", "microchimerism_time": "chimerism",
    "time_to_consolidation": "to consolid.",
}  # fmt: skip


def page(person: Person) -> None:
    st.title("Benchmarks")
    warehouse.show_standing()
    st.caption(
        "All figures that the paper prints, with the registry's own beside them. They are context, not a target: "
        "populations, definitions and denominators differ, as each line says. Intervals of 95 %, of medians of a "
        "distribution the quartiles."
    )
    found = _compared(warehouse.build(), person.center_id)
    st.html(bars.legend({"◆ - - published": bars.GREEN, "● — registry": bars.BLUE}))
    for scale, title in (("share", "Shares, in percent"), ("time", "Times, in months")):
        st.subheader(title)
        st.altair_chart(drawing(points(found, scale), title), width="stretch")
    st.subheader(f"All {len(found)}")
    st.html("".join(card(comparison) for comparison in found))
    with st.expander("What the marks of published figures mean"):
        st.markdown(figures.mark_words())
    rows = table(found)
    with st.expander("The same as a table"):
        st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch", placeholder="–")
    st.download_button("Download as CSV", to_csv(rows), "benchmarks.csv", "text/csv")


@st.cache_data(max_entries=20, show_spinner="Comparing with what was published …")
def _compared(build: str, center_id: str | None) -> tuple[Comparison, ...]:
    with warehouse.opened() as connection:
        found = comparisons(connection)
        return found if center_id is None else told_to(center_id, connection, found)


def points(found: Iterable[Comparison], scale: str) -> pd.DataFrame:
    """One row a mark of the drawing: percent or months, ends of the line, who says so, and the words."""
    rows = []
    for comparison in found:
        if comparison.scale != scale:
            continue
        benchmark = comparison.benchmark
        row = f"{benchmark.id} {_SHORT[benchmark.measure]}"
        low, high = benchmark.low, benchmark.high
        value = low if low == high else None
        bounds = comparison.interval if value is not None else _ends(low, high, scale)
        rows.append(
            _point(row, PUBLISHED, benchmark.figure, value, bounds, benchmark.unit or "%", 0)
        )
        for place, own in enumerate(comparison.own, start=1):
            if own.value is not None:
                ends = (own.lower, own.upper)
                rows.append(_point(row, REGISTRY, own.words, own.value, ends, own.unit, place))
    return pd.DataFrame(rows)


def _ends(low: float | None, high: float | None, scale: str) -> tuple[float, float]:
    """A range as printed; "less than" begins at 0, "more than" a share ends at 100."""
    return low or 0.0, high if high is not None else 100.0 if scale == "share" else low or 0.0


def _point(
    row: str,
    who: str,
    words: str,
    value: float | None,
    bounds: tuple[float | None, float | None] | None,
    unit: str,
    place: int,
) -> dict[str, object]:
    factor = 1.0 if unit == "%" else DAYS_PER[unit] / DAYS_PER["months"]
    value, low, high = (
        None if v is None else v * factor for v in (value, *(bounds or (None, None)))
    )
    return {
        "row": row, "who": who, "words": words, "value": value, "low": low, "high": high,
        "place": place,
    }  # fmt: skip


def drawing(marks: pd.DataFrame, title: str) -> alt.LayerChart:
    """Diamonds and broken lines for what was published, dots and whole lines for the registry."""
    kinds = [PUBLISHED, REGISTRY]
    base = alt.Chart(marks).encode(
        y=alt.Y("row:N", title=None, sort=None,
                axis=alt.Axis(labelLimit=110, labelFontSize=charts.FONT, grid=True, ticks=False)),
        yOffset=alt.YOffset("place:O"),
        color=alt.Color("who:N", legend=None, scale=alt.Scale(domain=kinds, range=[bars.GREEN, bars.BLUE])),
        tooltip=["who:N", "words:N", alt.Tooltip("value:Q", format=".1f"),
                 alt.Tooltip("low:Q", format=".1f"), alt.Tooltip("high:Q", format=".1f")],
    )  # fmt: skip
    scale = alt.Scale(domain=[0, 100]) if "percent" in title else alt.Scale(domainMin=0)
    axis = alt.Axis(labelFontSize=charts.FONT, titleFontSize=charts.FONT)
    lines = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("low:Q", title=None, scale=scale, axis=axis),
        x2="high:Q",
        strokeDash=alt.StrokeDash(
            "who:N", legend=None, scale=alt.Scale(domain=kinds, range=[[4, 3], [1, 0]])
        ),
    )
    dots = base.mark_point(size=70, filled=True, opacity=1).encode(
        x=alt.X("value:Q", title=None, scale=scale, axis=axis),
        shape=alt.Shape(
            "who:N", legend=None, scale=alt.Scale(domain=kinds, range=["diamond", "circle"])
        ),
    )
    height = 14 * len(marks) + 30
    drawn = charts.layered(lines, dots).properties(height=height)
    return drawn.properties(
        description=f"{title}: published and own figures; the table below has them all."
    )


def card(comparison: Comparison) -> str:
    """One published figure: what it is of and how sure, and on the other side the numbers."""
    b = comparison.benchmark
    about = {"measured on": b.population, "denominator": b.denominator, "definition": b.definition,
             "marks": "; ".join(f"[{m.mark}] {m.words}" for m in b.marks), "source": b.source}  # fmt: skip
    told = "".join(f"<div><i>{name}:</i> {escape(words)}</div>" for name, words in about.items())
    data = bars.whiskers([_published(comparison), *map(_own, comparison.own)])
    if comparison.why_none:
        data += f'<div class="mst-words"><b>Registry:</b> {escape(comparison.why_none)}</div>'
    caveats = dict.fromkeys([b.caveat, *(own.caveat for own in comparison.own if own.caveat)])
    data += "".join(f'<div class="mst-why">{escape(words)}</div>' for words in caveats)
    return (
        f'<div class="mst-bar"><div class="mst-name"><div class="mst-title"><span class="mst-id">{b.id}'
        f'</span>{escape(b.figure)}</div><div class="mst-words">{told}</div></div>'
        f'<div class="mst-data">{data}</div></div>'
    )


def _published(comparison: Comparison) -> bars.Whisker:
    b = comparison.benchmark
    words = b.figure
    if comparison.interval is not None:
        low, high = (v / 100 for v in comparison.interval)
        words += f", {b.events} of {b.of} [{b.counts_mark}] ({interval_words((low, high))})"
    words += f"; trust: {b.trust}"
    if comparison.scale != "share":
        return bars.Whisker("Published:", words, colour=bars.GREEN)
    value = b.low if b.low == b.high else None
    ends = comparison.interval if value is not None else _ends(b.low, b.high, "share")
    bounds = None if ends is None else (ends[0] / 100, ends[1] / 100)
    return bars.Whisker(
        "Published:",
        words,
        None if value is None else value / 100,
        bounds,
        bars.GREEN,
        is_published=True,
    )


def _own(own: Own) -> bars.Whisker:
    if own.value is None or own.unit != "%":
        return bars.Whisker("Registry:", f"{own.words}: {own_words(own)}")
    bounds = None if own.lower is None or own.upper is None else (own.lower / 100, own.upper / 100)
    return bars.Whisker("Registry:", f"{own.words}: {own_words(own)}", own.value / 100, bounds)


def own_words(own: Own) -> str:
    """A figure of the registry with its interval and of how many, or why there is none."""
    unknown = f"; not known for {own.unknown:,}" if own.unknown else ""
    if own.value is None:
        return f"{own.why_not}{unknown}"
    of = f", of {own.of:,}{unknown}"
    if own.unit == "%":
        interval = ""
        if own.lower is not None and own.upper is not None:
            interval = f" ({interval_words((own.lower / 100, own.upper / 100))})"
        return f"{percent(own.value / 100)}{interval}{of}"
    low = "?" if own.lower is None else amount(own.lower)
    high = "not reached" if own.upper is None else amount(own.upper)
    return f"median {amount(own.value)} {own.unit} ({own.spread} {low} to {high}){of}"


def table(found: Sequence[Comparison]) -> list[dict[str, object]]:
    """One row a published figure and figure of ours: all that the page draws, to read and to take away."""
    rows: list[dict[str, object]] = []
    for comparison in found:
        b = comparison.benchmark
        published = {
            "id": b.id, "published": b.figure, "trust": b.trust,
            "marks": " ".join(f"[{m.mark}]" for m in b.marks), "measured on": b.population,
            "published denominator": b.denominator, "published definition": b.definition,
        }  # fmt: skip
        for own in comparison.own or (None,):
            words = comparison.why_none if own is None else f"{own.words}: {own_words(own)}"
            rows.append({**published, "registry": words})
    return rows
