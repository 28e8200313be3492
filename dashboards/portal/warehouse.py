"""Reads the analyst file that is served now: marts, and the verdicts behind them."""

from __future__ import annotations

import duckdb
import pandas as pd
import streamlit as st

from dashboards.standing import show
from registry.duck import POINTER, NoWarehouseError, open_served, served_folder
from registry.home import home


def show_standing() -> None:
    """Which release the page is made of, how old it is, and whether a later build failed."""
    show(home() / "warehouse" / POINTER)


def query(sql: str, parameters: list[object] | None = None) -> pd.DataFrame:
    """The rows of a query. Raises NoWarehouseError."""
    with opened() as connection:
        return connection.execute(sql, parameters or []).df()


def read(sql: str, parameters: list[object] | None = None) -> pd.DataFrame:
    """The rows of a query; without a warehouse the page says so and ends."""
    try:
        return query(sql, parameters)
    except NoWarehouseError as error:
        st.info(str(error))
        st.stop()


def opened() -> duckdb.DuckDBPyConnection:
    """A connection to the file that is served. Raises NoWarehouseError."""
    return open_served(home() / "warehouse" / POINTER, "analyst")


def build() -> str:
    """The build that is served, by a name no other ever has: what a page may keep its answers under.

    Without a warehouse the page says so and ends.
    """
    try:
        return str(served_folder(home() / "warehouse" / POINTER))
    except NoWarehouseError as error:
        st.info(str(error))
        st.stop()
