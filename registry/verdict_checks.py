"""The consensus as one suite of expectations over the verdicts of a warehouse or a replay.

Every recommendation and reading is one expectation: no row of the verdict column says `deviated`.
Its severity says what that means: critical for a rule of the headline, warning for a weaker rule,
info for an option, which is used or not and never a deviation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from registry.checks import Forbidden, Unexpected, find_forbidden
from registry.consensus import Consensus, Recommendation

KEYS = {
    "patient": ("center_id", "case_id"),
    "donor": ("center_id", "case_id", "donor_id"),
    "collection": ("center_id", "case_id", "collection_id"),
    "course": ("center_id", "case_id", "course_no"),
    "infusion": ("center_id", "case_id", "infusion_no"),
    "gvhd": ("center_id", "case_id", "kind", "onset_day"),
}
_CHUNK = 200_000
Key = tuple[Any, ...]


class OtherConsensusError(Exception):
    """The verdicts at hand come from another version of the consensus."""


@dataclass(frozen=True)
class Outcome:
    """What became of one expectation: rows met or deviated from, and rows that deviate."""

    entry: Recommendation
    reading: str
    severity: str
    evaluated: int
    unexpected: int
    rows: tuple[Key, ...] = ()


def suite(consensus: Consensus) -> dict[str, list[Forbidden]]:
    """Subject to its expectations, each with the citation of what it expects."""
    found: dict[str, list[Forbidden]] = {subject: [] for subject in KEYS}
    for entry in consensus.judged():
        for reading in entry.readings:
            found[entry.subject].append(
                Forbidden(
                    entry.column(reading.name),
                    "deviated",
                    _severity(entry),
                    {
                        "statement_id": entry.id,
                        "reading": reading.name,
                        "statement": " ".join(entry.statement.split()),
                        "section": f"{entry.section} {consensus.sections[entry.section]}",
                        "source": " ".join(consensus.source.split()),
                        "consensus_version": consensus.version,
                    },
                )
            )
    return found


def _severity(entry: Recommendation) -> Any:
    if entry.kind == "option":
        return "info"
    return "critical" if entry.headline else "warning"


def check(
    connection: duckdb.DuckDBPyConnection, consensus: Consensus, *, rows: bool = False
) -> list[Outcome]:
    """The outcome of every expectation on `int_verdict_<subject>`, in the order of the paper.

    `rows` names the deviating rows too. Raises OtherConsensusError if a column is not there.
    """
    tallies: dict[str, _Tally] = {}
    for subject, asked in suite(consensus).items():
        if asked:
            tallies |= _judge(connection, subject, asked, rows)
    found = []
    for entry in consensus.judged():
        for reading in entry.readings:
            tally = tallies[entry.column(reading.name)]
            found.append(
                Outcome(
                    entry, reading.name, _severity(entry),
                    tally.evaluated, tally.unexpected, tuple(tally.rows),
                )
            )  # fmt: skip
    return found


class _Tally:
    def __init__(self) -> None:
        self.evaluated = 0
        self.unexpected = 0
        self.rows: list[Key] = []


def _judge(
    connection: duckdb.DuckDBPyConnection, subject: str, asked: list[Forbidden], rows: bool
) -> dict[str, _Tally]:
    """Chunk by chunk, so that a registry of any size fits."""
    tallies = {one.column: _Tally() for one in asked}
    for frame in _frames(connection, subject, [one.column for one in asked]):
        for column, tally in tallies.items():
            tally.evaluated += int(frame[column].isin(["met", "deviated"]).sum())
        found = find_forbidden(f"verdict.{subject}", frame, asked, rows=rows)
        keys = frame[list(KEYS[subject])]
        for column, unexpected in found.items():
            tallies[column].unexpected += unexpected.count
            tallies[column].rows += _keys(keys, unexpected)
    return tallies


def _keys(keys: Any, unexpected: Unexpected) -> list[Key]:
    return [tuple(row) for row in keys.iloc[list(unexpected.positions)].to_numpy().tolist()]


def _frames(
    connection: duckdb.DuckDBPyConnection, subject: str, columns: list[str]
) -> Iterator[Any]:
    wanted = ", ".join([*KEYS[subject], *columns])
    try:
        reader = connection.sql(f"select {wanted} from int_verdict_{subject}").to_arrow_reader(
            _CHUNK
        )
    except duckdb.BinderException as error:
        raise OtherConsensusError(
            "The warehouse was built from another consensus; run mst build."
        ) from error
    for batch in reader:
        yield batch.to_pandas()
