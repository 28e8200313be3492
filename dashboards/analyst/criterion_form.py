"""The form of one criterion of a cohort: whose rows, which column, what it must be, and why."""

from __future__ import annotations

from typing import Any

import streamlit as st

from registry.cohorts import OF_A_PATIENT, MartColumn, marts

OF = {
    "dim_patient": "the patient", "dim_course": "any course", "fct_infusion": "any infusion",
    "dim_donor": "any donor", "dim_collection": "any collection", "dim_quality": "the quality of the data",
}  # fmt: skip
_KNOWN, _UNKNOWN = "is known", "is not known"
_BY_KIND = {
    "boolean": ("is yes", "is no"),
    "number": ("is at least", "is at most", "lies between"),
    "text": ("is one of", "is none of"),
}


def criterion() -> dict[str, Any] | None:
    """The criterion as a cohort file writes it, when it was filled in and the button pressed."""
    left, right = st.columns(2)
    way = left.radio("Whoever meets it", ["include", "exclude"], horizontal=True,
                     format_func=lambda w: f"is {w}d")  # fmt: skip
    table = right.selectbox(
        "It is about", ["dim_patient", *OF_A_PATIENT], format_func=OF.__getitem__
    )
    columns = {c.name: c for c in marts()[table].columns.values() if c.kind != "text" or c.values}
    name = st.selectbox(
        "Column", list(columns), index=None, key=f"column of {table}",
        format_func=lambda n: f"{n}: {columns[n].description}",
    )  # fmt: skip
    if name is None:
        return None
    column = columns[name]
    st.caption(column.description)
    where = _condition(column)
    said = f"{OF[table]}: {name.replace('_', ' ')}"
    reason = st.text_input(
        "In words, for whoever reads the cohort", said, key=f"reason {table} {name}"
    )
    if not st.button("Add", disabled=where is None or not reason.strip()):
        return None
    told: dict[str, Any] = {way: reason}
    if table != "dim_patient":
        told["any"] = table
    return told | {"where": {name: where}}


def _condition(column: MartColumn) -> Any:
    """What the column must be; None while that is not said."""
    how = st.selectbox(
        "Condition", [*_BY_KIND[column.kind], _KNOWN, _UNKNOWN], key=f"how {column.kind}"
    )
    if how in (_KNOWN, _UNKNOWN):
        return {"known": how == _KNOWN}
    if column.kind == "boolean":
        return how == "is yes"
    if column.kind == "text":
        chosen = st.multiselect("Values", column.values, key=f"values {column.name}")
        if not chosen:
            return None
        return chosen if how == "is one of" else {"not": chosen}
    return _bounds(how)


def _bounds(how: str) -> dict[str, float | int] | None:
    ends = {
        "is at least": ("at_least",),
        "is at most": ("at_most",),
        "lies between": ("at_least", "at_most"),
    }[how]
    given = {
        end: place.number_input(end.replace("_", " "), value=None, format="%g", key=f"bound {end}")
        for end, place in zip(ends, st.columns(2), strict=False)
    }
    told = {
        end: int(number) if float(number).is_integer() else float(number)
        for end, number in given.items()
        if number is not None
    }
    return told if len(told) == len(ends) else None
