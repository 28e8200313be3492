"""Reads the analyst file that is served now: marts, and the verdicts behind them."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards.standing import show
from registry.duck import POINTER, NoWarehouseError, open_served
from registry.home import home


def show_standing() -> None:
    """Which release the page is made of, how old it is, and whether a later build failed."""
    show(home() / "warehouse" / POINTER)


def query(sql: str, parameters: list[object] | None = None) -> pd.DataFrame:
    """The rows of a query. Raises NoWarehouseError."""
    with open_served(home() / "warehouse" / POINTER, "analyst") as connection:
        return connection.execute(sql, parameters or []).df()


def read(sql: str, parameters: list[object] | None = None) -> pd.DataFrame:
    """The rows of a query; without a warehouse the page says so and ends."""
    try:
        return query(sql, parameters)
    except NoWarehouseError as error:
        st.info(str(error))
        st.stop()
