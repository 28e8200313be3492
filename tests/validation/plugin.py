"""`pytest --validation-report FILE` writes which tests showed which requirement, and how they ended."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest

from tests.validation.pack import FROM_BEST

_PROPERTY = "requirement"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--validation-report", type=Path, help="write requirement → test → outcome as JSON"
    )


def pytest_configure(config: pytest.Config) -> None:
    path = config.getoption("--validation-report")
    # a worker of xdist sends its reports to the process that writes
    if path and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Recorder(path), "validation report")


def pytest_itemcollected(item: pytest.Item) -> None:
    """A test's requirements travel with its reports, from a worker too."""
    for mark in item.iter_markers(_PROPERTY):
        item.user_properties += [(_PROPERTY, id_) for id_ in mark.args]


class Recorder:
    """Keeps the worst outcome of each test with a requirement: of its setup, call and teardown."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.outcomes: dict[str, dict[str, str]] = defaultdict(dict)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for name, id_ in report.user_properties:
            if name == _PROPERTY:
                self._keep(str(id_), report.nodeid, report.outcome)

    def _keep(self, id_: str, test: str, outcome: str) -> None:
        before = self.outcomes[id_].get(test, "passed")
        self.outcomes[id_][test] = max(before, outcome, key=FROM_BEST.index)

    def pytest_sessionfinish(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        content = json.dumps(self.outcomes, indent=2, sort_keys=True)
        self.path.write_text(content + "\n", encoding="utf-8")
