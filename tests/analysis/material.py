"""Patients in the tables of the analyst's file, as far as questions read them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import duckdb
import numpy as np

ORIGIN_DAY = {"first_course": 10, "remission": 40}


@dataclass(frozen=True)
class Patient:
    """Days since diagnosis; `end_day` is of death, relapse or last contact, by `status`."""

    end_day: int
    status: int
    history: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    sex: str | None = "female"
    known_from_start: bool = True
    is_eaml: bool | None = True


def file_of(
    patients: Iterable[Patient], *, endpoint: str = "os", origin: str = "first_course"
) -> duckdb.DuckDBPyConnection:
    start = ORIGIN_DAY[origin]
    ends, people, changes = [], [], []
    for number, patient in enumerate(patients):
        key = ("C01", f"P{number:05d}")
        ends.append((*key, endpoint, origin, patient.end_day - start, patient.status))
        people.append((*key, patient.sex, start, start, None, 1, True, False, patient.is_eaml))
        for exposure, steps in patient.history.items():
            changes += [
                (*key, exposure, day, value)
                for day, value in [*[(0, 0)] * patient.known_from_start, *steps]
            ]
    connection = duckdb.connect()
    for table, columns, rows in (
        ("fct_endpoint", "center_id text, case_id text, endpoint text, origin text, time_days bigint, status int", ends),
        ("dim_patient", "center_id text, case_id text, sex text, first_course_day bigint, remission_day bigint, allo_day bigint, "
         "n_courses bigint, in_remission boolean, allo_done boolean, is_eaml boolean", people),
        ("fct_exposure", "center_id text, case_id text, exposure text, change_day bigint, value int", changes),
    ):  # fmt: skip
        connection.execute(f"create table {table} ({columns})")
        if rows:
            slots = ", ".join(f"unnest(${n}) " for n in range(1, len(rows[0]) + 1))
            connection.execute(
                f"insert into {table} select {slots}",
                [list(column) for column in zip(*rows, strict=True)],
            )
    return connection


def whoever_survives(size: int, seed: int) -> list[Patient]:
    """The null: a course every 60 days to whoever still lives, up to four, and it changes nothing."""
    draw = np.random.default_rng(seed)
    start = ORIGIN_DAY["first_course"]
    patients = []
    for death, lost in zip(
        np.ceil(draw.exponential(300, size)), np.ceil(draw.uniform(200, 1500, size)), strict=True
    ):
        end = int(min(death, lost))
        planned = int(draw.integers(0, 5))
        courses = [
            (start + day, number)
            for number, day in enumerate(range(50, 50 + 60 * planned, 60), start=1)
            if day < end
        ]
        patients.append(Patient(start + end, int(death <= lost), {"mst_consolidations": courses}))
    return patients
