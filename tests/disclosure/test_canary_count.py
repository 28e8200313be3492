"""Counts that no rounding can give stand in the source, and in nothing that the public can have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from benchmarks.tools import release_of
from dashboards import adherence, figures
from dashboards.public import downloads, outcomes
from registry.disclosure import public_count
from registry.warehouse import Build, build, connect
from tests.conftest import share_cache

PATIENTS = 3_203
LEAST = 1_000  # a smaller number may be a percent or a dose
YEARS = range(1900, 2100)  # stand in words
COUNTS = """
    select count(*) from fct_verdict group by recommendation_id, reading, verdict
    union all select unnest([n_started, n_evaluable, n_cr, n_cr_crh_cri]) from mart_response
    union all select unnest([known, unknown, events]) from mart_statistic
    union all select count(*) from dim_patient group by cube (age_group, sex, risk_two_group)
"""
CHOICES = {
    "radio": {"By": list(outcomes.KINDS), "Show": list(adherence.GROUPS)},
    "selectbox": {"Section of the paper": list(figures.sections())},
}
# counts of curves are sums of rounded steps, which may be any number
ON_CURVES = """
    select unnest([n_risk, cumulative_events, cumulative_censored]) from public_survival union all
    select unnest([n_risk, cumulative_events, cumulative_competing, cumulative_censored])
    from public_cumulative_incidence
"""
_NUMBER = re.compile(r"(?<![\w.,])\d{1,3}(?:,\d{3})+(?![\w,])|(?<![\w.])\d+(?:\.\d+)?(?!\w)")


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """A build of so many patients that its counts can be nothing else."""
    home = share_cache(tmp_path_factory.mktemp("canary-count"))
    release, _ = release_of(PATIENTS, home)
    return build(release, home, progress=lambda _: None)


@pytest.fixture
def canaries(many: Build) -> set[int]:
    """The exact counts of the source that are no public count."""
    with connect(many.analyst) as connection:
        counts = {count for (count,) in connection.execute(COUNTS).fetchall() if count}
    with connect(many.public) as connection:
        counts -= {count for (count,) in connection.execute(ON_CURVES).fetchall()}
    return {c for c in counts if c >= LEAST and public_count(c) != c and c not in YEARS}


def numbers(text: str) -> set[float]:
    return {float(found.replace(",", "")) for found in _NUMBER.findall(text)}


@pytest.mark.long
@pytest.mark.requirement("SDC-11", "SDC-01")
def test_no_exact_count_stands_in_what_the_public_can_have(
    many: Build, canaries: set[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MST_PUBLIC_POINTER", str(many.folder.parent / "current.json"))
    told: set[float] = set()
    for text in everything_public():
        told |= numbers(text)
    assert len(canaries) > 100
    rounded = {float(public_count(count) or 0) for count in canaries}
    assert len(rounded & told) > 100, "the same counts, rounded, are there to be found"
    assert not told & canaries


def everything_public() -> Iterator[str]:
    """Every download, and every page that a choice on the public page leads to."""
    for table in downloads.TABLES:
        yield downloads.csv_of(table).replace(",", " ")
    page = AppTest.from_file(
        Path(downloads.__file__).with_name("app.py"), default_timeout=120
    ).run()
    yield from sent(page)
    assert {widget.label for kind in CHOICES for widget in page.get(kind)} == {
        label for of_kind in CHOICES.values() for label in of_kind
    }
    for kind, of_kind in CHOICES.items():
        for place, options in enumerate(of_kind.values()):
            for option in options[1:]:
                page.get(kind)[place].set_value(option).run()
                assert not page.exception
                yield from sent(page)


def sent(page: AppTest) -> Iterator[str]:
    """What a browser is sent of a page: words, and the rows of tables and charts."""
    for element in elements(page._tree):
        proto = getattr(element, "proto", None)
        if element.type == "vega_lite_chart":
            yield proto.spec
            for named in proto.datasets:
                yield rows_of(named.data.data)
        elif element.type == "dataframe":
            yield element.value.to_csv(sep=" ", index=False)
        elif proto is not None:
            yield str(proto)


def elements(node: Any) -> Iterator[Any]:
    for child in getattr(node, "children", {}).values():
        yield child
        yield from elements(child)


def rows_of(stream: bytes) -> str:
    return pa.ipc.open_stream(stream).read_all().to_pandas().to_csv(sep=" ", index=False)
