"""Five people send and ten look, for as long as one likes: the process keeps its size and its open files."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from registry.intake.history import submissions
from registry.intake.submit import submit
from registry.lifecycle.cases import case_list
from registry.queries import open_queries
from tests.intake.generators import FORM_ROWS

MINUTES = float(os.environ.get("MST_SOAK_MINUTES", "7"))
_WARM = 0.4  # of the time: pools fill, models are planned, allocators find their size
MOST_MB = 40


def resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


def send(center: str, folder: Path, stop: threading.Event, sent: list[str]) -> None:
    turn = 0
    while not stop.is_set():
        turn += 1
        row = {**FORM_ROWS["patient"], "case_id": f"S{turn % 20:03}", "weight_kg": 50 + turn % 40}
        (folder / "patient.csv").write_text(
            f"{','.join(row)},change_reason\n{','.join(map(str, row.values()))},entry error\n",
            encoding="utf-8",
        )
        sent.append(submit(folder, center, actor="soak").status)


def look(center: str, stop: threading.Event) -> None:
    while not stop.is_set():
        submissions(center)
        case_list(center)
        open_queries(center)
        time.sleep(0.2)


@pytest.mark.long
@pytest.mark.requirement("REL-16")
def test_neither_memory_nor_open_files_grow(empty_database: None, tmp_path: Path) -> None:
    stop, sent = threading.Event(), list[str]()
    centers = [f"C{n:02}" for n in range(1, 6)]
    for center in centers:
        (tmp_path / center).mkdir()
    people = [threading.Thread(target=send, args=(c, tmp_path / c, stop, sent)) for c in centers]
    people += [threading.Thread(target=look, args=(c, stop)) for c in centers * 2]
    for person in people:
        person.start()
    time.sleep(60 * MINUTES * _WARM)
    before, files = resident_mb(), open_files()
    time.sleep(60 * MINUTES * (1 - _WARM))
    after, files_after = resident_mb(), open_files()
    stop.set()
    for person in people:
        person.join()
    assert set(sent) <= {"accepted", "unchanged", "already received"}
    assert len(sent) > 20
    assert files_after <= files + 10
    assert after - before < MOST_MB
