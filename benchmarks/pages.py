"""The server's time for a page of results: the registry of a few centers against one of 100,000 patients."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from benchmarks.tools import line, release_of, seconds

FEW, MANY = 185, 100_000
OF_ANALYSTS = (
    "Adherence", "Figures", "Outcomes", "Benchmarks", "Centers", "Cohorts", "Ask a question", "HLA and KIR",
)  # fmt: skip
COHORT = Path(__file__).resolve().parents[1] / "examples" / "cohorts" / "elderly-aml.yaml"


def pages(home: Path) -> None:
    """Each page of results, on a build that no page has seen before."""
    from registry import store

    store.migrate()
    few, many = (_served(home, patients) for patients in (FEW, MANY))
    for title in (*OF_ANALYSTS, "the public page"):
        line(
            f"{title}, {MANY:,} patients", _first_sight(many, title),
            f"{FEW} patients", _first_sight(few, title),
        )  # fmt: skip


def _served(home: Path, patients: int) -> Path:
    """A state folder of its own that serves so many made-up patients."""
    from registry import warehouse

    place = home / f"pages-{patients}"
    release, _ = release_of(patients, place)
    warehouse.build(release, place, progress=lambda said: print(f"… {said}", flush=True))
    return place


def _first_sight(place: Path, title: str) -> float:
    """The page's script from beginning to end, with nothing of the build in memory."""
    import streamlit as st

    def work() -> None:
        st.cache_data.clear()
        told = _page(title)
        if told.exception:
            raise RuntimeError(f"{title}: {told.exception[0].message}")

    before = os.environ["MST_HOME"]
    os.environ["MST_HOME"] = str(place)
    os.environ["MST_PUBLIC_POINTER"] = str(place / "warehouse" / "current.json")
    try:
        work()  # what Streamlit and Altair import on the way
        return seconds(work, repeats=3)
    finally:
        os.environ["MST_HOME"] = before


def _page(title: str) -> Any:
    from streamlit.testing.v1 import AppTest

    from dashboards import public

    def of_an_analyst(title: str) -> None:
        from dashboards.portal import menu
        from registry.access.rights import Person, Role

        for offer in menu.offered(Person("ana", Role.ANALYST, None)):
            if offer.title == title:
                offer.show()

    if title == "the public page":
        app = AppTest.from_file(str(Path(public.__file__).with_name("app.py")))
    else:
        app = AppTest.from_function(of_an_analyst, args=(title,))
        app.session_state["cohort"] = COHORT.read_text(encoding="utf-8")
    return app.run(timeout=300)
