"""A threshold has one place: changing it there changes its SQL, its words and its page, no other."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from registry import consensus
from registry.consensus import load_folder, pages

CHANGES = [
    pytest.param(
        "section_2_2_collection_infusion.yaml",
        "met: {between: {interval: hours_since_cytotoxic, low: 24, high: 72}}",
        "met: {between: {interval: hours_since_cytotoxic, low: 24, high: 60}}",
        {"mst_2_2_04__a"}, {"MST-2.2-04.md"}, "from 24 to 60 h",
        id="a number of the paper",
    ),
    pytest.param(
        "parameters.yaml", "value: 16", "value: 14", {"mst_2_1_04__a"}, {"MST-2.1-04.md"},
        "14 (registry-defined: kir_genes_complete)", id="a parameter of the registry",
    ),
    pytest.param(
        "section_5_post_remission.yaml", "&two_courses 2", "&two_courses 3",
        {"mst_5_06__a"}, {"MST-5-06.md"}, "at least 3 courses", id="a number in an SQL escape",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "columns", "changed_pages", "words"), CHANGES)
def test_a_threshold_has_one_place(
    tmp_path: Path, file: str, old: str, new: str,
    columns: set[str], changed_pages: set[str], words: str,
) -> None:  # fmt: skip
    folder = tmp_path / "2023.1"
    shutil.copytree(consensus.FOLDER / consensus.CURRENT_VERSION, folder)
    text = (folder / file).read_text()
    assert text.count(old) == 1
    (folder / file).write_text(text.replace(old, new))
    before, after = consensus.load(), load_folder(folder)
    assert columns == {
        column for column, sql in sql_of(after).items() if sql != sql_of(before)[column]
    }
    was, now = pages.pages(before), pages.pages(after)
    assert changed_pages == {name for name in now if now[name] != was[name]}
    (page,) = changed_pages
    assert words in now[page]
    assert words not in was[page]


def sql_of(version: consensus.Consensus) -> dict[str, str]:
    found = version.verdict_vars()
    return {v["column"]: v["verdict_sql"] for subject in found.values() for v in subject}
