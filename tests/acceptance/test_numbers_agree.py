"""A number is the same by the command, on the page and counted again from the verdicts, one by one."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter

import pytest

from dashboards import adherence
from dashboards.portal import practice, warehouse
from tests.demonstration import Demonstration

VERDICTS = ("met", "deviated", "not_evaluable", "not_applicable")


@pytest.mark.requirement("REL-15")
def test_fifty_numbers_by_three_ways(demonstration: Demonstration) -> None:
    told = subprocess.run(
        [sys.executable, "-c", "from registry.cli import main; main()", "sql",
         "select * from mart_adherence", "--seconds", "60", "--format", "json"],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    by_command = {
        (row["recommendation_id"], row["reading"], row["center_id"]): tuple(
            row[v] for v in VERDICTS
        )
        for row in json.loads(told.stdout)
    }
    counted: Counter[tuple[object, ...]] = Counter(
        demonstration.ask("select recommendation_id, reading, center_id, verdict from fct_verdict")
    )
    rows = warehouse.query(practice._COUNTS)
    by_page = {
        center: {
            (line.entry.id, line.reading): line.tally for line in adherence.lines(rows, center)
        }
        for center in sorted({key[2] for key in by_command})
    }
    assert len(by_command) > 500
    for key in random.Random(1).sample(sorted(by_command), 50):
        again = tuple(counted[(*key, verdict)] for verdict in VERDICTS)
        tally = by_page[key[2]][key[:2]]
        on_page = tuple(getattr(tally, verdict) for verdict in VERDICTS)
        assert by_command[key] == again == on_page, key
