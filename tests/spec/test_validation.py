"""Every requirement has a test, every mark a requirement, and the pack tells what a run showed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.validation import pack
from tests.validation.requirements import ROOT, marked, requirements

pytest_plugins = ["pytester"]


@pytest.mark.requirement("SUP-08")
def test_every_requirement_has_a_test() -> None:
    shown = set(marked())
    owed = {r.id for r in requirements()}
    assert owed - shown == set()


@pytest.mark.requirement("SUP-08")
def test_every_mark_names_a_requirement() -> None:
    known = {r.id for r in requirements()}
    assert {id_: files for id_, files in marked().items() if id_ not in known} == {}


def test_a_mark_is_seen_wherever_it_stands(tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_text(
        'import pytest\npytestmark = [pytest.mark.requirement("A-1")]\n'
        '@pytest.mark.requirement("A-2", "A-3")\ndef test_it() -> None: ...\n'
    )
    assert marked(tmp_path) == {id_: {"test_one.py"} for id_ in ("A-1", "A-2", "A-3")}


def test_a_run_is_reported_from_a_worker_too(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The report says per requirement which tests ran and how the worst part of each ended."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makeini("[pytest]\nmarkers = requirement(*ids): what a test shows")
    pytester.makepyfile(
        test_a="""
        import pytest
        pytestmark = pytest.mark.requirement("SUP-01")
        @pytest.mark.requirement("SUP-02")
        def test_right(): pass
        @pytest.mark.parametrize("n", [1, 2])
        def test_wrong(n): assert n == 1
        """,
        test_b="""
        import pytest
        @pytest.fixture
        def broken():
            yield
            raise RuntimeError
        @pytest.mark.requirement("SUP-03")
        def test_torn(broken): pass
        @pytest.mark.requirement("SUP-04")
        @pytest.mark.skip
        def test_left_out(): pass
        """,
    )
    run = pytester.runpytest_subprocess(
        "-p", "tests.validation.plugin", "-n", "1", "--validation-report=out/run.json"
    )
    run.assert_outcomes(passed=3, failed=1, errors=1, skipped=1)
    found = json.loads((pytester.path / "out" / "run.json").read_text())
    assert found == {
        "SUP-01": {"test_a.py::test_right": "passed", "test_a.py::test_wrong[1]": "passed",
                   "test_a.py::test_wrong[2]": "failed"},
        "SUP-02": {"test_a.py::test_right": "passed"},
        "SUP-03": {"test_b.py::test_torn": "failed"},
        "SUP-04": {"test_b.py::test_left_out": "skipped"},
    }  # fmt: skip


def test_the_pack_says_passed_failed_and_not_run(tmp_path: Path) -> None:
    owed, other, *_ = (r.id for r in requirements())
    run = tmp_path / "run.json"
    run.write_text(json.dumps({owed: {"t.py::a[1]": "passed", "t.py::a[2]": "passed"},
                               other: {"t.py::b": "passed", "t.py::c": "failed"}}))  # fmt: skip
    made = {line.id: line for line in pack.write([run], tmp_path, version="9", day="2026-01-01")}
    assert (made[owed].result, made[owed].tests) == ("passed", {"t.py::a": "2 passed"})
    assert made[other].result == "failed"
    assert made["SUP-08"].result == "not run"
    assert not pack.complete(list(made.values()))
    told = json.loads((tmp_path / "validation.json").read_text())
    assert [line["id"] for line in told["requirements"]] == [r.id for r in requirements()]
    assert f"## {other}: failed" in (tmp_path / "validation.md").read_text()


def test_a_pack_is_complete_when_all_that_is_owed_is_shown() -> None:
    shown = {r.id: {"t.py::a": "passed"} for r in requirements()}
    assert pack.complete(pack.lines(shown))
    assert not pack.complete(pack.lines({**shown, "SUP-08": {"t.py::a": "skipped"}}))


def test_a_run_may_come_in_parts_and_the_worse_end_of_a_test_counts(tmp_path: Path) -> None:
    parts = [
        {"SUP-01": {"t.py::a": "passed", "t.py::b": "failed"}},
        {"SUP-01": {"t.py::b": "passed"}, "SUP-02": {"t.py::c": "skipped"}},
        {"SUP-02": {"t.py::c": "passed"}},
    ]
    runs = [tmp_path / f"{number}.json" for number in range(3)]
    for path, part in zip(runs, parts, strict=True):
        path.write_text(json.dumps(part))
    assert pack.gathered(runs) == {
        "SUP-01": {"t.py::a": "passed", "t.py::b": "failed"},
        "SUP-02": {"t.py::c": "skipped"},
    }
