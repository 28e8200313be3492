"""A file of 5,000 rows: progress is told, memory stays bounded, and who gives up leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from registry import store
from registry.home import home
from tests.intake.generators import FORM_ROWS

ROWS = 5_000
MOST_BYTES = 500 * 1024**2
_CHECK = (
    "import resource, signal, sys\n"
    # a shell starts what runs in the background with it ignored
    "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    "from registry import store\n"
    "from registry.intake.submit import check, submit\n"
    "store.prepare()\n"
    "from pathlib import Path\n"
    "work = submit if sys.argv[2] == 'submit' else check\n"
    "more = {'actor': 'test'} if sys.argv[2] == 'submit' else {}\n"
    "r = work(Path(sys.argv[1]), 'C77', progress=lambda said: print(said, flush=True), **more)\n"
    "print(r.rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, flush=True)\n"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Blood counts of fifty patients, a hundred each."""
    made = tmp_path_factory.mktemp("large") / "csv"
    made.mkdir()
    patient, count = FORM_ROWS["patient"], FORM_ROWS["blood_count"]
    for form, rows in (
        ("patient", [{**patient, "case_id": f"L{n:03}"} for n in range(50)]),
        ("blood_count", [{**count, "case_id": f"L{n % 50:03}", "sample_day": 1 + n // 50}
                         for n in range(ROWS)]),
    ):  # fmt: skip
        lines = [",".join(rows[0]), *(",".join(map(str, row.values())) for row in rows)]
        (made / f"{form}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return made


@pytest.mark.requirement("UPL-20")
def test_progress_is_told_and_memory_is_bounded(database: None, folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _CHECK, str(folder), "check"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    *steps, last = done.stdout.splitlines()
    rows, peak = map(int, last.split())
    assert rows == ROWS + 50
    assert len(steps) >= 3
    # the libraries alone are most of it: the rows must not add another such sum
    assert peak < bare_bytes() + MOST_BYTES


def bare_bytes() -> int:
    """What a process holds that has the same libraries and no file."""
    code = "import resource, registry.intake.submit, registry.checks; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return int(done.stdout) * 1024


@pytest.mark.requirement("UPL-20")
def test_who_gives_up_leaves_nothing_behind(database: None, folder: Path) -> None:
    running = subprocess.Popen(
        [sys.executable, "-c", _CHECK, str(folder), "submit"], stdout=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    for said in running.stdout:
        if "reading its cells" in said:
            break
    os.kill(running.pid, signal.SIGINT)
    running.wait(timeout=60)
    assert running.returncode != 0
    with store.engine("mst_reader").connect() as session:
        query = text("select count(*) from registry.submission where center_id = 'C77'")
        assert session.execute(query).scalar_one() == 0
    assert not list(home().glob("spool/*"))
