"""Which release is served, how old it is, and whether a later build failed."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from registry.duck import NoWarehouseError, Standing, standing


def show(pointer: Path) -> None:
    """Say it on the page; nothing where no warehouse is served, since the page says that itself."""
    with contextlib.suppress(NoWarehouseError):
        found = standing(pointer)
        st.caption(words(found, datetime.now(UTC)))
        if (said := failure_words(found)) is not None:
            st.warning(said)


def words(found: Standing, now: datetime) -> str:
    """Such as: Release 2026-06, data of 2026-06-01, built 3 days ago."""
    return f"Release {found.release}, data of {found.data_day}, built {_ago(found.built_at, now)}."


def _ago(then: datetime, now: datetime) -> str:
    days = (now.date() - then.date()).days
    return {1: "yesterday"}.get(days, f"{days} days ago" if days > 0 else "today")


def failure_words(found: Standing) -> str | None:
    """What to know of a later build that was not put in service."""
    if found.failed is None:
        return None
    release, began_at, why = found.failed
    return (
        f"A later build, of release {release}, begun {began_at:%Y-%m-%d %H:%M} UTC, is not served: "
        f"{why}. What you see is the last good one."
    )
