"""Reads the public file that is served now, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd

from registry.duck import open_served


def pointer() -> Path:
    """The file that says what is served."""
    return Path(os.environ["MST_PUBLIC_POINTER"])


def read(sql: str) -> pd.DataFrame:
    """The rows of a query. Raises NoWarehouseError."""
    with open_served(pointer(), "public") as connection:
        return connection.execute(sql).df()
