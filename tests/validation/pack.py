"""The pack of a run: for each requirement its tests and their result, as a page and as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.validation.requirements import requirements

Outcomes = Mapping[str, Mapping[str, str]]
FROM_BEST = ("passed", "skipped", "failed")


@dataclass(frozen=True)
class Line:
    """What a run says of one requirement."""

    id: str
    part: str
    requirement: str
    source: str | None
    result: str
    tests: dict[str, str]


def lines(outcomes: Outcomes) -> list[Line]:
    """One line a requirement; the tests of one function are one, its cases counted."""
    return [
        Line(r.id, r.part, r.text, r.source, _result(found), _by_function(found))
        for r in requirements()
        for found in [outcomes.get(r.id, {})]
    ]


def complete(pack: list[Line]) -> bool:
    return all(line.result == "passed" for line in pack)


def _result(found: Mapping[str, str]) -> str:
    """A requirement has passed when something showed it and nothing spoke against it."""
    ends = set(found.values())
    if "failed" in ends:
        return "failed"
    if "passed" in ends:
        return "passed"
    return "not run"


def _by_function(found: Mapping[str, str]) -> dict[str, str]:
    counted: dict[str, Counter[str]] = {}
    for test, outcome in sorted(found.items()):
        counted.setdefault(test.split("[")[0], Counter())[outcome] += 1
    return {
        name: ", ".join(f"{n} {outcome}" for outcome, n in sorted(ends.items()))
        for name, ends in counted.items()
    }


def page(pack: list[Line], *, version: str, day: str) -> str:
    """The pack as a page to read."""
    totals = Counter(line.result.split(" (")[0] for line in pack)
    head = [
        "# Validation", "",
        f"Version {version}, run of {day}. Requirements: "
        + ", ".join(f"{n} {result}" for result, n in sorted(totals.items())) + ".",
    ]  # fmt: skip
    return "\n".join([*head, *(text for line in pack for text in _section(line))]) + "\n"


def _section(line: Line) -> list[str]:
    source = f" *({line.source})*" if line.source else ""
    tests = [f"- `{name}`: {ends}" for name, ends in line.tests.items()]
    return ["", f"## {line.id}: {line.result}", "", line.requirement + source, "", *tests]


def gathered(runs: Iterable[Path]) -> Outcomes:
    """What several runs of one version say together; of a test that ran twice the worse end counts."""
    found: dict[str, dict[str, str]] = {}
    for run in runs:
        for id_, tests in json.loads(run.read_text(encoding="utf-8")).items():
            of = found.setdefault(id_, {})
            for test, end in tests.items():
                of[test] = max(of.get(test, end), end, key=FROM_BEST.index)
    return found


def write(runs: Iterable[Path], folder: Path, *, version: str, day: str) -> list[Line]:
    """Write `validation.md` and `validation.json` about a run, or one in parts; returns the lines."""
    pack = lines(gathered(runs))
    content = {"version": version, "date": day, "requirements": [asdict(line) for line in pack]}
    (folder / "validation.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    (folder / "validation.md").write_text(page(pack, version=version, day=day), encoding="utf-8")
    return pack
