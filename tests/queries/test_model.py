"""Random lives of queries against a plain model: same states, only steps of the table."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from registry.lifecycle.cases import case_list
from registry.lifecycle.status import STEWARD, ConflictError
from registry.queries import close, confirmed, open_queries, queries, reopen
from registry.queries.model import AnswerCode
from registry.schema import QUERY
from registry.store import center_session
from tests.queries.material import START, WHO, found, replayed, say, upload

CASES = ("P1", "P2")
VALUES = ("v1", "v2")
Place = tuple[str, str, str]
_centers = itertools.count()


@dataclass
class Model:
    """What a person would expect of one query, told without events. `version` is the last heard of."""

    version: str
    state: str = "open"
    closed_as: str = ""
    answered_as: str = ""

    def upload(self, fires: bool, version: str) -> None:
        """A file in which the rule, at this version, does or does not find the value."""
        changed = version != self.version
        if self.state == "confirmed" and (changed or not fires):
            self.state, self.version = "lapsed", version
        if fires and self._asked_again(changed):
            self.state, self.version = "open", version
        if not fires and self.state in ("open", "answered"):
            self.closed_as = "rule changed" if changed else "value fixed"
            self.state, self.version = "closed", version

    def _asked_again(self, changed: bool) -> bool:
        return {
            "open": changed,
            "answered": changed or self.answered_as == "corrected",
            "closed": changed or self.closed_as == "value fixed",
            "lapsed": True,
            "confirmed": False,
        }[self.state]


def places(center: str) -> dict[Place, int]:
    """The number of the query of each case, rule and value."""
    columns = (QUERY.c.case_id, QUERY.c.rule, QUERY.c.value_sha256, QUERY.c.query_id)
    with center_session(center) as session:
        rows = session.execute(select(*columns)).all()
    found_ = {(case, rule_, value): number for case, rule_, value, number in rows}
    assert len(found_) == len(rows), "one query per case, record, rule and value"
    return found_


class Life(RuleBasedStateMachine):
    """One center, two cases, two rules whose version may change, values that come and go."""

    def __init__(self) -> None:
        super().__init__()
        self.center = f"C{next(_centers)}"
        self.version = "1"
        self.model: dict[Place, Model] = {}
        self.numbers: dict[Place, int] = {}
        self.sent: set[str] = set()
        self.last: set[tuple[str, str, str | None]] = set()

    @rule(value=st.sampled_from((*VALUES, None)), other=st.sampled_from((*VALUES, None)))
    def file(self, value: str | None, other: str | None) -> None:
        self.send({("P1", "r1", value), ("P2", "r1", other)}, {"P1", "P2"})

    @rule(value=st.sampled_from((*VALUES, None)), case=st.sampled_from(CASES))
    def file_of_one_case(self, value: str | None, case: str) -> None:
        self.send({(case, "r1", value), (case, "r2", "v1")}, {case})

    @precondition(lambda self: self.model)
    @rule()
    def the_same_file_again(self) -> None:
        self.send(self.last, {place[0] for place in self.last})

    def send(self, values: set[tuple[str, str, str | None]], cases: set[str]) -> None:
        self.last = values
        true_now = {(c, r, v) for c, r, v in values if v is not None}
        upload(
            [found(c, v, r) for c, r, v in true_now], center=self.center, cases=sorted(cases),
            version=self.version,
        )  # fmt: skip
        self.sent |= cases
        for place, model in self.model.items():
            if place[0] in cases:
                model.upload(place in true_now, self.version)
        for place in true_now - self.model.keys():
            self.model[place] = Model(self.version)
        self.numbers = places(self.center)

    @rule()
    def the_rules_change(self) -> None:
        self.version = str(int(self.version) + 1)

    def a_place(self, n: int) -> Place:
        return sorted(self.model)[n % len(self.model)]

    @precondition(lambda self: self.model)
    @rule(n=st.integers(0, 7))
    def confirm(self, n: int) -> None:
        self.answer(n, AnswerCode.CONFIRMED)

    @precondition(lambda self: self.model)
    @rule(n=st.integers(0, 7))
    def say_corrected(self, n: int) -> None:
        self.answer(n, AnswerCode.CORRECTED)

    @precondition(lambda self: self.model)
    @rule(n=st.integers(0, 7), code=st.sampled_from(list(AnswerCode)), allowed=st.booleans())
    def answer(self, n: int, code: AnswerCode, allowed: bool = True) -> None:
        place = self.a_place(n)
        model = self.model[place]
        outcome = say(self.numbers[place], code, "as in the chart", center=self.center,
                      may_confirm=allowed)  # fmt: skip
        confirms = code is AnswerCode.CONFIRMED
        if model.state not in ("open", "answered") or (confirms and not allowed):
            assert outcome.result != "taken"
            return
        model.state, model.answered_as = "confirmed" if confirms else "answered", code.value

    @precondition(lambda self: self.model)
    @rule(n=st.integers(0, 7), reopens=st.booleans())
    def steward(self, n: int, reopens: bool) -> None:
        place = self.a_place(n)
        model = self.model[place]
        do, possible = (
            (reopen, ("closed", "answered", "confirmed")) if reopens
            else (close, ("open", "answered"))
        )  # fmt: skip
        more = {"actor": WHO, "role": STEWARD, "comment": "looked at it", "at": START}
        if model.state not in possible:
            with pytest.raises(ConflictError):
                do(self.center, self.numbers[place], **more)
            return
        do(self.center, self.numbers[place], **more)
        model.state, model.closed_as = ("open", "") if reopens else ("closed", "by hand")

    @invariant()
    def the_registry_agrees(self) -> None:
        assert {q.query_id: q.status for q in queries(self.center)} == {
            self.numbers[place]: model.state for place, model in self.model.items()
        }
        assert {q.query_id for q in open_queries(self.center)} == {
            self.numbers[place] for place, model in self.model.items() if model.state == "open"
        }

    def teardown(self) -> None:
        """In the end every history is legal step by step, and gives the state."""
        for place, number in self.numbers.items():
            assert replayed(number, self.center) == self.model[place].state

    @invariant()
    def overrides_are_the_confirmed(self) -> None:
        with center_session(self.center) as session:
            inforce = confirmed(session, self.center, CASES)
        assert {(o.case_id, o.rule, o.value_sha256) for o in inforce} == {
            place for place, model in self.model.items() if model.state == "confirmed"
        }
        assert all(
            o.rule_version == self.model[o.case_id, o.rule, o.value_sha256].version for o in inforce
        )

    @invariant()
    def cases_follow_their_queries(self) -> None:
        asked = {p[0] for p, m in self.model.items() if m.state in ("open", "answered")}
        assert {c.case_id: c.status for c in case_list(self.center)} == {
            case: "in query" if case in asked else "clean" for case in self.sent
        }


def test_every_life_of_a_query_is_as_expected(empty_database: None) -> None:
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=12, stateful_step_count=25, deadline=None, derandomize=True,
            suppress_health_check=list(HealthCheck), phases=[Phase.generate],
        ),
    )  # fmt: skip
