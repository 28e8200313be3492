"""Any release judged by any version of the consensus, through the models that judge everything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from registry.consensus import Consensus
from registry.forms import FORMS
from registry.warehouse.replay import Replay

_BATCH = 200_000


def score(release_dir: Path, home: Path, version: Consensus) -> pa.Table:
    """The verdicts of every subject of a release, as rows of `fct_verdict`."""
    with verdict_rows(release_dir, home, version) as rows:
        return rows.read_all()


@contextmanager
def verdict_rows(
    release_dir: Path, home: Path, version: Consensus, among: Sequence[Consensus] = ()
) -> Iterator[pa.RecordBatchReader]:
    """The same row by row; with `among`, only of events for which this version is the one in force."""
    replay = Replay(home, variables(version, among))
    with replay.models(release_rows(release_dir)) as connection:
        yield connection.sql(replay.long).to_arrow_reader(_BATCH)


def variables(version: Consensus, among: Sequence[Consensus] = ()) -> dict[str, Any]:
    """The variables of dbt for a version; one version alone judges everything."""
    years = [{"name": v.version, "from_year": v.in_force_from_year} for v in among]
    return {**version.warehouse_vars(), "versions_in_force": years if len(years) > 1 else []}


def judging(release_dir: Path, versions: Sequence[Consensus]) -> Sequence[Consensus]:
    """Of the versions, oldest first, those that judge anything in a release: mostly the last alone.

    No event precedes its diagnosis, so versions that ended before the first diagnosis judge nothing.
    """
    if len(versions) == 1:
        return versions
    first = _first_year(release_dir / "patient.parquet")
    if first is None:
        return versions[-1:]
    begun = [i for i, v in enumerate(versions) if v.in_force_from_year <= first]
    return versions[max(begun, default=0) :]


def _first_year(patients: Path) -> int | None:
    if not patients.exists() or "diagnosis_year" not in pq.read_schema(patients).names:
        return None
    years = pq.read_table(patients, columns=["diagnosis_year"])["diagnosis_year"]
    first: int | None = pc.min(years).as_py()
    return first


def release_rows(release_dir: Path) -> dict[str, pa.Table]:
    """The rows of a release, form by form."""
    files = {form: release_dir / f"{form}.parquet" for form in FORMS}
    return {form: pq.read_table(path) for form, path in files.items() if path.exists()}
