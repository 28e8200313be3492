"""Start: the way of a file in five steps, the templates, and how the center stands."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections import Counter
from pathlib import Path

import streamlit as st

from registry.access.rights import Person
from registry.forms import FORM_VERSION
from registry.lifecycle.cases import case_list
from registry.queries import open_queries
from registry.workbook import write_template

_STEPS = """
1. **Template.** Download it below, or use your own export with the same column names.
2. **De-identify at your center.** `mst deidentify` turns hospital numbers and dates into pseudonyms
   and days, on your own machine; it shows what leaves before it writes anything.
3. **Send data.** The page *Send data* shows what would be stored, what is held and why, cell by cell.
   Nothing is stored before you confirm.
4. **Correct.** Download your own workbook back with the cells marked, correct it, send it again. What
   was stored already is not stored twice.
5. **Answer queries.** On the page *Queries*, or in the sheet *Queries* of the returned workbook.
"""


def page(person: Person) -> None:
    assert person.center_id is not None
    st.title(f"Center {person.center_id}")
    _standing(person.center_id)
    st.markdown(_STEPS)
    st.subheader(f"Templates (forms {FORM_VERSION})")
    workbook, folder, json_ = st.columns(3)
    workbook.download_button("Workbook (.xlsx)", _template("template.xlsx"), "mst-template.xlsx")
    folder.download_button("CSV folder (.zip)", _zipped(), "mst-template-csv.zip")
    json_.download_button("JSON", _template("template.json"), "mst-template.json")


def _standing(center: str) -> None:
    statuses = Counter(case.status for case in case_list(center))
    shown = {
        "cases clean": statuses["clean"], "cases in query": statuses["in query"],
        "cases held": statuses["held"], "open queries": len(open_queries(center)),
    }  # fmt: skip
    with st.container(horizontal=True):
        for name, value in shown.items():
            st.metric(name, f"{value:,}", width="content")


@st.cache_data
def _template(name: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write_template(path)
        return path.read_bytes()


@st.cache_data
def _zipped() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        write_template(Path(folder) / "csv")
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted((Path(folder) / "csv").iterdir()):
                archive.write(file, file.name)
    return buffer.getvalue()
