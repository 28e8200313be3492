"""Where a center's own value and the one the registry derives differ: how often, by derivation."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboards import bars
from dashboards.listing import offer
from dashboards.numbers import interval_words, percent
from dashboards.portal import warehouse
from registry.statistics.proportion import clopper_pearson

_COUNTED = """
    select center_id, derivation, definition_id, compared, disagree, not_comparable
    from mart_disagreement order by all
"""


def section(center: str | None) -> None:
    """The rates of a center, or of all together with those of each in the table."""
    st.subheader("The center's own values against the registry's")
    st.caption(
        "Where the forms ask for a value that the registry derives as well. A difference is asked about when data are "
        "sent, and the center may confirm its own; both are kept. It is no deviation from the consensus."
    )
    rows = warehouse.read(_COUNTED)
    if center is not None:
        rows = rows[rows["center_id"] == center]
    if rows.empty:
        st.info("There is nothing to compare yet.")
        return
    st.html(bars.whiskers(_whisker(row) for row in together(rows)))
    told = [*together(rows), *([] if center is not None else rows.to_dict("records"))]
    with st.expander("The differences as a table"):
        listed = [_told(row) for row in told]
        st.dataframe(pd.DataFrame(listed), hide_index=True, width="stretch")
        offer(listed, "differences")


def together(rows: pd.DataFrame) -> list[dict[Any, Any]]:
    """The counts of all centers of the rows, by derivation and definition."""
    counted = rows.groupby(["derivation", "definition_id"], as_index=False)[
        ["compared", "disagree", "not_comparable"]
    ].sum()
    return counted.to_dict("records")


def _whisker(row: dict[Any, Any]) -> bars.Whisker:
    label = f"{row['derivation']} ({row['definition_id']}):"
    if not row["compared"]:
        return bars.Whisker(label, _words(row))
    return bars.Whisker(label, _words(row), *_share(row), bars.ORANGE)


def _share(row: dict[Any, Any]) -> tuple[float, tuple[float, float]]:
    differ, compared = int(row["disagree"]), int(row["compared"])
    return differ / compared, clopper_pearson(differ, compared)


def _words(row: dict[Any, Any]) -> str:
    apart = f"; not comparable {row['not_comparable']:,}" if row["not_comparable"] else ""
    if not row["compared"]:
        return f"nothing to compare{apart}"
    rate, bounds = _share(row)
    return f"differ {row['disagree']:,} of {row['compared']:,}, {percent(rate)} ({interval_words(bounds)}){apart}"


def _told(row: dict[Any, Any]) -> dict[str, object]:
    return {
        "center": row.get("center_id", "all of these"), "derived": row["derivation"], "by": row["definition_id"],
        "compared": row["compared"], "differ": row["disagree"], "not comparable": row["not_comparable"],
        "rate": percent(_share(row)[0]) if row["compared"] else "",
    }  # fmt: skip
