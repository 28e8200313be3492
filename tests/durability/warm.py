"""What a process of the registry has imported, read and planned before it begins.

Imported by the nursery before it forks: one small file is judged, without a database, so that a process
that is to die needs a fraction of a second and not ten. Nothing here keeps a thread or a connection.
"""

from __future__ import annotations

import json

import adbc_driver_postgresql.dbapi
import numpy as np
import psycopg

from registry import release, trouble
from registry.home import home
from registry.intake import json_file, submit
from registry.intake.assess import replay
from registry.intake.check import check
from registry.intake.merge import Stored, merge
from registry.intake.raw import RawFile
from registry.intake.rows import Rows
from registry.intake.stage import stage
from tests.durability import tasks
from tests.durability.material import case

__all__ = ["adbc_driver_postgresql", "psycopg", "release", "submit", "tasks", "trouble"]


def _judge(content: object) -> None:
    sheets, *_ = json_file.read(json.dumps(content).encode())
    nothing = np.empty(0, np.int32)
    staged = stage(RawFile("warm.json", "", sheets), "C01")
    check(
        {form: merge(each, Stored(Rows.empty(form), nothing), reason=None).current()
         for form, each in staged.forms.items()},
        replay(home()),
    )  # fmt: skip


# with something to ask about, since what nothing is wrong with needs no expectations
_judge(case("A0", weight_kg=212.0))
