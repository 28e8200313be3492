"""Rows to read, and to take away as CSV and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from registry.workbook.safe import csv_text


def table(rows: Sequence[Mapping[str, Any]]) -> None:
    """Values of any kind side by side, as text; nothing where there is none."""
    told = [{k: "" if v is None else str(v) for k, v in row.items()} for row in rows]
    st.dataframe(pd.DataFrame(told), hide_index=True, width="stretch")


def offer(rows: Sequence[Mapping[str, Any]], name: str) -> bool:
    """Two buttons under a table; whether one of them was just pressed."""
    with st.container(horizontal=True):
        as_csv = st.download_button("Download as CSV", to_csv(rows), f"{name}.csv", "text/csv")
        as_json = st.download_button(
            "Download as JSON", to_json(rows), f"{name}.json", "application/json"
        )
    return as_csv or as_json


def to_csv(rows: Sequence[Mapping[Any, Any]]) -> str:
    return csv_text(list(rows[0]), rows) if rows else ""


def to_json(rows: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps(rows, indent=2, default=str)
