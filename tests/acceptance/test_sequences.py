"""Uploads in any order, repeated, damaged and half wrong: no row lost, none doubled, counts add up,
and the same content ends in the same state."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from registry.forms import FORMS
from registry.intake.receipt import Receipt
from registry.intake.rows import Rows
from registry.intake.submit import check, submit
from registry.lifecycle.cases import case_list
from registry.row_versions import read_cases
from registry.store import center_session, engine
from registry.workbook import write_csv_folder
from tests.cases import as_cells, tidy_case

CASES = ("P1", "P2", "P3")


def case_rows(case: str) -> dict[str, list[dict[str, Any]]]:
    """A case without its center, small enough to be sent often."""
    rows = as_cells(tidy_case(case_id=case))
    keep = ("patient", "diagnosis", "hla", "donor", "course", "drug", "followup")
    return {
        form: [{k: v for k, v in row.items() if k != "center_id"} for row in rows[form]] for form in keep
    }  # fmt: skip


def write(folder: Path, rows: dict[str, list[dict[str, Any]]]) -> Path:
    write_csv_folder(folder, rows)
    return folder


def joined(*parts: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    return {f: [row for part in parts for row in part.get(f, [])] for f in FORMS if any(f in p for p in parts)}  # fmt: skip


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Overlapping good files that together hold everything, and files that may change nothing."""
    folder = tmp_path_factory.mktemp("files")
    one, two, three = (case_rows(case) for case in CASES)
    late = {"drug": two["drug"], "followup": two["followup"]}
    early = {form: rows for form, rows in two.items() if form not in late}
    wrong = case_rows("P9")
    wrong["patient"][0]["weight_kg"] = "61,5"
    made = {
        "a": write(folder / "a", joined(one, two)),
        "b": write(folder / "b", joined(early, three)),
        "c": write(folder / "c", joined(three, one)),
        "d": write(folder / "d", joined(two)),
        "held": write(folder / "held", joined(wrong)),
        "foreign": write(folder / "foreign", {"patient": [{**one["patient"][0], "center_id": "X99"}]}),
        "torn": write(folder / "torn", joined(one)),
    }  # fmt: skip
    (made["torn"] / "drug.csv").write_bytes((made["torn"] / "drug.csv").read_bytes()[:-7] + b'"')
    return made


GOOD = ("a", "b", "c", "d")
BAD = ("held", "foreign", "torn")


def state(center: str) -> dict[str, list[str]]:
    """The current rows of a center as text, without its name."""
    tables = read_cases(center, [*CASES, "P9"], as_of=10**9)
    found = {}
    for form, table in tables.items():
        rows = Rows.stored(form, table)
        lines = rows.raw().drop_columns(["center_id", "submission_id"]).to_pylist()
        found[form] = sorted(json.dumps(line, sort_keys=True) for line in lines)
    return found


def version_count(center: str) -> int:
    with engine("mst_reader").connect() as session:
        return sum(
            session.execute(
                text(f'select count(*) from crf."{form}" where center_id = :c'), {"c": center}
            ).scalar_one()
            for form in FORMS
        )


def held_to_account(receipt: Receipt, before: int, after: int) -> None:
    assert receipt.accepted + receipt.held + receipt.unchanged == receipt.rows
    assert receipt.rows_new + receipt.rows_changed + receipt.rows_deleted == receipt.accepted
    assert after - before == receipt.accepted


def sequences(count: int, seed: int) -> Iterator[tuple[str, list[str]]]:
    dice = random.Random(seed)
    for number in range(count):
        # every good file at least once, so that all sequences bring the same content
        steps = [
            *GOOD,
            *dice.choices(GOOD, k=dice.randrange(3)),
            *dice.choices(BAD, k=dice.randrange(3)),
        ]
        dice.shuffle(steps)
        yield f"S{seed}X{number}", steps


def run_all(files: dict[str, Path], which: range, seed: int) -> None:
    expected: dict[str, list[str]] | None = None
    for center, steps in islice(sequences(which.stop, seed), which.start, None):
        stored = 0
        for step in steps:
            receipt = submit(files[step], center, actor="test")
            now = version_count(center)
            held_to_account(receipt, stored, now)
            if step in BAD:
                assert receipt.accepted == 0, steps
            stored = now
        final = state(center)
        lines = {form: len(rows) for form, rows in final.items()}
        assert lines == {form: len(set(rows)) for form, rows in final.items()}
        assert sum(lines.values()) == stored, "a row was stored twice"
        expected = expected or final
        assert final == expected, steps
        statuses = {c.case_id: c.status for c in case_list(center)}
        assert {statuses[case] for case in CASES} <= {"clean", "in query"}
        repeat = check(files["a"], center)
        assert (repeat.status, repeat.accepted) == ("already received", 0)


@pytest.mark.requirement("UPL-15")
def test_any_order_of_the_same_files_ends_in_the_same_state(
    database: None, files: dict[str, Path]
) -> None:
    run_all(files, range(2), seed=1)


@pytest.mark.requirement("UPL-15")
@pytest.mark.long
@pytest.mark.parametrize("start", range(0, 500, 50))
def test_500_sequences_end_in_the_same_state(
    database: None, files: dict[str, Path], start: int
) -> None:
    run_all(files, range(start, start + 50), seed=2)


class Coordinator:
    """Reads the present state, changes one answer of it later, and sends it stamped with that state."""

    def __init__(self, center: str, folder: Path) -> None:
        self.center, self.folder, self.base, self.seen = center, folder, 0, 0.0

    def read(self) -> None:
        with center_session(self.center) as session:
            self.base = int(session.execute(text("select max(submission_id) from registry.submission")).scalar_one())  # fmt: skip
        self.seen = weight(self.center)

    def send(self, number: int) -> Receipt:
        new = round(self.seen + 0.1, 1)
        rows = {
            "patient": [{"case_id": "P1", "weight_kg": new, "change_reason": "new information"}]
        }
        path = write_csv_folder_with(self.folder / f"{self.center}-{number}", rows, self.base)
        return submit(path, self.center, actor="test")


def write_csv_folder_with(folder: Path, rows: dict[str, Any], base: int) -> Path:
    folder.mkdir(parents=True)
    header = list(rows["patient"][0])
    lines = [",".join(header), *(",".join(str(r[h]) for h in header) for r in rows["patient"])]
    (folder / "patient.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "about.csv").write_text(f"what,value\nBased on submission,{base}\n", encoding="utf-8")
    return folder


def weight(center: str) -> float:
    return float(read_cases(center, ["P1"], as_of=10**9)["patient"].column("weight_kg")[0].as_py())


def interleave(files: dict[str, Path], folder: Path, count: int, seed: int) -> None:
    """Each accepted change adds 0.1 kg to what its sender had read: a lost update would miss one."""
    dice = random.Random(seed)
    for number in range(count):
        center = f"I{seed}X{number}"
        submit(files["a"], center, actor="test")
        start = weight(center)
        people = [Coordinator(center, folder), Coordinator(center, folder)]
        for person in people:
            person.read()
        accepted = 0
        for step in range(5):
            person = dice.choice(people)
            if dice.random() < 0.4:
                person.read()
                continue
            receipt = person.send(step)
            if receipt.status == "already received":
                continue  # the same person said the same again
            stale = person.seen != weight(center) and receipt.accepted == 0
            if stale:
                assert receipt.status == "conflict"
                told = [c for c in receipt.changes if c.column == "weight_kg"]
                assert [(c.kind, c.old) for c in told] == [("older", weight(center))]
            accepted += receipt.accepted
        assert weight(center) == pytest.approx(start + 0.1 * accepted)


@pytest.mark.requirement("UPL-17", "REL-03")
def test_two_coordinators_lose_no_update(
    database: None, files: dict[str, Path], tmp_path: Path
) -> None:
    interleave(files, tmp_path, count=2, seed=1)


@pytest.mark.requirement("UPL-17", "REL-03")
@pytest.mark.long
@pytest.mark.parametrize("seed", range(2, 12))
def test_500_interleavings_lose_no_update(
    database: None, files: dict[str, Path], tmp_path: Path, seed: int
) -> None:
    interleave(files, tmp_path, count=50, seed=seed)
