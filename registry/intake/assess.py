"""Judges a staged file against the registry as it is: what would be stored, held, or asked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from sqlalchemy import Connection, func, select

from registry.findings import Finding
from registry.forms import FORMS
from registry.forms.base import CENTER_UNIT
from registry.home import home
from registry.intake.causes import all_of, fold
from registry.intake.check import check
from registry.intake.merge import Change, Merged, Stored, merge
from registry.intake.practice import Practice
from registry.intake.raw import RawFile
from registry.intake.receipt import Decision
from registry.intake.rows import Rows
from registry.intake.stage import Staged, StagedForm
from registry.lifecycle.cases import withdrawn
from registry.lifecycle.latest import among
from registry.lifecycle.locks import locked
from registry.lifecycle.signatures import ever_signed
from registry.queries import Override, confirmed, headers, override_of, queries_in
from registry.queries.model import Answer, AnswerCode
from registry.row_versions import read_cases
from registry.rules import may_confirm, rule_version
from registry.schema import REKEYING, SUBMISSION, SUBMISSION_CASE
from registry.warehouse import Replay, consensus_vars
from registry.workbook.names import QUERIES_SHEET

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Terms:
    """How a file is sent: by whom, on what state it rests, and why it changes accepted answers."""

    center_id: str
    reason: str | None = None
    based_on: int | None = None


@dataclass(frozen=True, eq=False)
class Assessment:
    """A file judged against the registry as it was at submission `seen`, after so many `renamings`, when
    the cases `signed` had ever been signed.

    `findings` are folded; `queries` are those of severity query, confirmed ones included.
    """

    raw: RawFile
    staged: Staged
    merged: Mapping[str, Merged]
    findings: tuple[Finding, ...]
    queries: tuple[Finding, ...]
    changes: tuple[Change, ...]
    decisions: Mapping[str | None, Decision]
    older: frozenset[str]
    seen: int
    renamings: int
    signed: frozenset[str]
    practice: tuple[Practice, ...]


def assess(
    session: Connection, raw: RawFile, staged: Staged, terms: Terms, answers: Iterable[Answer],
    progress: Progress,
) -> Assessment:  # fmt: skip
    """Lay the file over the registry and judge the result. Stores nothing."""
    seen, renamed = latest(session), renamings(session)
    signed = ever_signed(session, terms.center_id, staged.cases)
    stored = _stored(terms.center_id, staged, seen)
    merged = {
        form: merge(staged.forms.get(form) or _nothing(form), before, reason=terms.reason,
                    signed=signed)
        for form, before in stored.items()
    }  # fmt: skip
    older = _older(session, staged, merged, terms.based_on)
    changes = tuple(_marked(merged.values(), older))
    current = {form: m.current() for form, m in merged.items()}
    progress(f"checking {sum(map(len, current.values())):,} rows of {len(staged.cases):,} cases")
    checked = check(current, replay(home()))
    told = list(checked.findings)
    told += [f for m in merged.values() for f in m.findings]
    told += _conflicts(changes, older)
    shut = locked(session, terms.center_id, _touched(merged.values()))
    # of a locked case what is wrong is for later; that the file is older stays true after the lock
    told = [f for f in told if f.case_id not in shut or f.rule == "case.older"]
    told += _locked(shut)
    told += _withdrawn(withdrawn(session, terms.center_id, staged.cases))
    queries = tuple(f for f in told if f.severity == "query" and f.value_sha256)
    silent = confirmed(session, terms.center_id, [*staged.cases, CENTER_UNIT])
    confirming, refused = _confirmed_now(session, terms.center_id, answers)
    silent |= confirming
    told += refused
    folded = fold([*staged.findings, *(_told(f, silent) for f in told)])
    decisions = _decide(staged, merged, folded)
    findings = tuple(_unquoted(folded, merged, decisions))
    return Assessment(
        raw,
        staged,
        merged,
        findings,
        queries,
        changes,
        decisions,
        older,
        seen,
        renamed,
        signed,
        checked.practice,
    )


@cache
def replay(folder: Path) -> Replay:
    """The warehouse's models, kept planned for one file after another."""
    return Replay(folder, consensus_vars())


def renamings(session: Connection) -> int:
    """How often the pseudonyms of the center the session is bound to were exchanged."""
    return int(session.execute(select(func.count()).select_from(REKEYING)).scalar_one())


def last_accepted(session: Connection, cases: Collection[str]) -> dict[str, int]:
    """The last submission that changed each case, by a new, a changed or a deleted row."""
    query = (
        select(SUBMISSION_CASE.c.case_id, func.max(SUBMISSION_CASE.c.submission_id))
        .where(SUBMISSION_CASE.c.decision == "accepted", among(SUBMISSION_CASE.c.case_id, cases))
        .group_by(SUBMISSION_CASE.c.case_id)
    )
    return {str(row[0]): int(row[1]) for row in session.execute(query)}


def latest(session: Connection) -> int:
    """The newest submission of the center the session is bound to, 0 before the first."""
    query = select(func.coalesce(func.max(SUBMISSION.c.submission_id), 0))
    return int(session.execute(query).scalar_one())


def _stored(center_id: str, staged: Staged, seen: int) -> dict[str, Stored]:
    """The stored rows of every case the file touches; forms with neither are left out."""
    tables = read_cases(center_id, staged.cases, as_of=seen,
                        with_center=CENTER_UNIT in staged.rows_per_case) if seen else {}  # fmt: skip
    nothing = np.empty(0, np.int32)
    found = {form: Stored(Rows.empty(form), nothing) for form in FORMS if form in staged.forms}
    for form, table in tables.items():
        since = table.column("submission_id").to_numpy()
        found[form] = Stored(Rows.stored(form, table), since)
    return found


def _nothing(form: str) -> StagedForm:
    return StagedForm(Rows.empty(form), (), np.empty(0, np.bool_))


def _older(
    session: Connection, staged: Staged, merged: Mapping[str, Merged], based_on: int | None
) -> frozenset[str]:
    """Cases that changed after the state the file is based on, and that the file would change."""
    if based_on is None:
        return frozenset()
    changed = last_accepted(session, [*staged.cases, CENTER_UNIT])
    newer = {case for case, number in changed.items() if number > based_on}
    return frozenset(newer & _touched(merged.values()))


def _touched(merged: Iterable[Merged]) -> set[str]:
    """The cases that the file would change."""
    return {m.rows.case_ids[row] for m in merged for row in np.flatnonzero(m.is_changed)}


def _marked(merged: Iterable[Merged], older: frozenset[str]) -> Iterator[Change]:
    for change in (c for m in merged for c in m.changes):
        yield replace(change, kind="older") if change.case_id in older else change


def _conflicts(changes: Iterable[Change], older: frozenset[str]) -> Iterator[Finding]:
    first = {c.case_id: c for c in reversed(list(changes)) if c.case_id in older}
    for case in sorted(older):
        at = first.get(case)
        yield Finding(
            rule="case.older", severity="reject", category="conformance",
            message="The case was changed in the registry after the state this file is based on.",
            fix="Look at both values in the list of changes, get the present state of the case (mst "
            "export, or the page Cases), and make your change there.",
            why="Otherwise the file would silently undo somebody else's work.",
            case_id=case, form=at.form if at else None, row=at.row if at else None,
            column=at.column if at else None, cell=at.cell if at else None,
            record=at.record if at else None,
        )  # fmt: skip


def _withdrawn(cases: set[str]) -> Iterator[Finding]:
    for case in sorted(cases):
        yield Finding(
            rule="case.withdrawn", severity="reject", category="conformance", case_id=case,
            message="The consent of this case was withdrawn; the registry takes nothing more of it.",
            fix="Remove the case from the file. If the withdrawal was a mistake, reinstate the case.",
        )  # fmt: skip


def _locked(cuts: Mapping[str, str]) -> Iterator[Finding]:
    for case, cut in sorted(cuts.items()):
        yield Finding(
            rule="case.locked", severity="reject", category="conformance", case_id=case,
            message=f"The case is locked for the data cut {cut}; it takes no change until it is unlocked.",
            fix="Send the change again after the cut, or ask the registry's steward to unlock the case.",
            why="Everybody who works with a data cut must find the same answers in it.",
        )  # fmt: skip


def _confirmed_now(
    session: Connection, center_id: str, answers: Iterable[Answer]
) -> tuple[set[Override], list[Finding]]:
    """What the file itself confirms, as if it were taken already, and what cannot be confirmed."""
    waiting = unsettled(session, center_id)
    asked = {
        a.query_id: a for a in answers if a.code == AnswerCode.CONFIRMED and a.query_id in waiting
    }
    allowed: set[Override] = set()
    refused = []
    for number, finding, version in headers(session, center_id, asked) if asked else ():
        if may_confirm(finding.rule):
            allowed.add(override_of(finding, version))
        else:
            refused.append(
                Finding(
                    rule="answer.cannot_confirm", severity="query", category="conformance",
                    message=f"Query {number} cannot be confirmed as is.",
                    fix="Correct the value, or write why there is none: not done, unknown, not "
                    "applicable or withheld.", form=QUERIES_SHEET, cell=asked[number].cell,
                )
            )  # fmt: skip
    return allowed, refused


def unsettled(session: Connection, center_id: str) -> set[int]:
    """The queries that an answer can still do something about."""
    states = ("open", "answered", "confirmed")
    return {q.query_id for q in queries_in(session, center_id, statuses=states)}


def _told(finding: Finding, silent: set[Override]) -> Finding:
    if finding.severity != "query" or not may_confirm(finding.rule):
        return finding
    if override_of(finding, rule_version(finding.rule)) not in silent:
        return finding
    return replace(finding, severity="inform", message=f"Confirmed as is: {finding.message}",
                   fix="Nothing to do; changing the value asks again.")  # fmt: skip


def _unquoted(
    findings: Iterable[Finding],
    merged: Mapping[str, Merged],
    decisions: Mapping[str | None, Decision],
) -> list[Finding]:
    """Of the rows of held cases, which are not stored, a finding keeps no text; their days and numbers it does."""

    @cache
    def places(form: str) -> dict[int, int]:
        return {int(number): i for i, number in enumerate(merged[form].rows.numbers)}

    def unquoted(f: Finding) -> Finding:
        record = f.record
        if record and f.row and f.form and decisions.get(f.case_id, "held") == "held":
            record = merged[f.form].rows.record(places(f.form)[f.row], texts=False) or None
        return replace(f, record=record, consequences=tuple(map(unquoted, f.consequences)))

    return list(map(unquoted, findings))


def _decide(
    staged: Staged, merged: Mapping[str, Merged], findings: Iterable[Finding]
) -> dict[str | None, Decision]:
    held = {f.case_id for f in all_of(tuple(findings)) if f.severity == "reject"} | {None}
    changed = _touched(merged.values())
    return {
        case: "held" if case in held else "accepted" if case in changed else "unchanged"
        for case in staged.rows_per_case
    }
