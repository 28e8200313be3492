"""The tables of steps, held against the steps as they were agreed on."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import get_args

import pytest

from registry.lifecycle.status import (
    CASE_LIFECYCLE,
    QUERY_LIFECYCLE,
    SUBMISSION_LIFECYCLE,
    ConflictError,
    NotAllowedError,
    Transition,
    page,
    require,
)

ROLES = ("system", "coordinator", "steward", "analyst")

QUERY_STEPS = """
system:      - opened open, open closed closed, answered closed closed, closed reopened open,
             answered reopened open, lapsed reopened open, open reopened open, confirmed lapsed lapsed
coordinator: open responded answered, answered responded answered, open confirmed confirmed,
             answered confirmed confirmed
steward:     - opened open, open responded answered, answered responded answered,
             open confirmed confirmed, answered confirmed confirmed, open closed closed,
             answered closed closed, closed reopened open, answered reopened open,
             confirmed reopened open
"""

CASE_STEPS = """
system:      - held held, - accepted in_query, - accepted clean, held accepted in_query,
             held accepted clean, clean query_opened in_query, in_query queries_settled clean
coordinator: in_query queries_settled clean, held withdrawn withdrawn,
             in_query withdrawn withdrawn, clean withdrawn withdrawn, withdrawn reinstated held,
             withdrawn reinstated in_query, withdrawn reinstated clean
steward:     clean query_opened in_query, in_query queries_settled clean, held withdrawn withdrawn,
             in_query withdrawn withdrawn, clean withdrawn withdrawn, withdrawn reinstated held,
             withdrawn reinstated in_query, withdrawn reinstated clean
"""


def agreed(text: str) -> set[tuple[str, ...]]:
    """Role, state before (- for none), event and state after of every step in such a text."""
    steps, role = set(), ""
    for line in text.strip().splitlines():
        if ":" in line:
            role, _, line = line.partition(":")
        for step in filter(None, (part.split() for part in line.split(","))):
            steps.add((role, *(word.replace("_", " ") for word in step)))
    return steps


def allowed(table: tuple[Transition, ...]) -> set[tuple[str, ...]]:
    """Every step `require` lets through, tried for every role, state, event and target."""
    states = {None, *(step.target for step in table)}
    events = {step.event for step in table}
    targets = {step.target for step in table}
    found = set()
    for role, source, event, target in product(ROLES, states, events, targets):
        try:
            require(table, what="it", source=source, event=event, role=role, target=target)
        except (NotAllowedError, ConflictError):
            continue
        found.add((role, source or "-", event, target))
    return found


@pytest.mark.parametrize(
    ("table", "steps"), [(QUERY_LIFECYCLE, QUERY_STEPS), (CASE_LIFECYCLE, CASE_STEPS)]
)
def test_exactly_the_agreed_steps_are_possible(table: tuple[Transition, ...], steps: str) -> None:
    assert allowed(table) == agreed(steps)


def test_a_step_of_others_is_not_allowed_and_a_step_too_early_a_conflict() -> None:
    with pytest.raises(NotAllowedError, match="system or steward"):
        require(QUERY_LIFECYCLE, what="it", source="open", event="closed", role="coordinator")
    with pytest.raises(ConflictError, match="closed"):
        require(QUERY_LIFECYCLE, what="Query 1", source="closed", event="closed", role="steward")


def test_the_event_of_a_query_tells_its_state() -> None:
    targets = {(step.event, step.target) for step in QUERY_LIFECYCLE}
    assert len(targets) == len({event for event, _ in targets})


def test_every_status_of_a_receipt_is_in_the_table() -> None:
    from registry.intake.receipt import Status

    assert set(get_args(Status)) <= {step.target for step in SUBMISSION_LIFECYCLE}


def test_the_page_shows_every_step() -> None:
    shown = page("notice")
    for table in (QUERY_LIFECYCLE, CASE_LIFECYCLE, SUBMISSION_LIFECYCLE):
        for step in table:
            assert (
                f"| {step.event} | {step.target} | {', '.join(step.actors)} | {step.guard} |"
                in shown
            )
    assert (
        Path("docs/status.md").read_text(encoding="utf-8").splitlines()[1:]
        == shown.splitlines()[1:]
    )
