"""Answers by file do what answers by hand do, and thousands of findings are no trouble."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from registry import store
from registry.lifecycle.cases import case_list
from registry.lifecycle.status import COORDINATOR
from registry.queries import answer, history, open_queries, queries
from registry.queries.model import Answer, AnswerCode
from tests.queries.material import START, WHO, found, replayed, say, upload

pytestmark = pytest.mark.usefixtures("empty_database")
CASES = [f"P{n}" for n in range(40)]


def may_confirm(rule: str) -> bool:
    return rule != "r4"


def ask_200(center: str) -> list[int]:
    upload(
        [found(case, rule=f"r{n}") for case in CASES for n in range(5)], center=center, cases=CASES
    )
    return [q.query_id for q in open_queries(center)]


def sheet(query_ids: Sequence[int]) -> list[Answer]:
    """One answer each, of every kind, some refused, in an order of their own."""
    draw = random.Random(7)
    answers = [
        Answer(number, draw.choice(list(AnswerCode)), draw.choice(["", "as in the chart"]), f"J{n}")
        for n, number in enumerate(query_ids, start=2)
    ]
    draw.shuffle(answers)
    return answers


def states(center: str) -> list[tuple[object, ...]]:
    """What is left, without the numbers that differ between two centers."""
    return [
        (q.case_id, q.rule, q.status,
         *((e.event, e.actor, e.role, e.at, e.answer, e.comment, e.rule_version)
           for e in history(center, q.query_id)))
        for q in queries(center)
    ]  # fmt: skip


def test_200_in_one_sheet_equal_200_by_hand() -> None:
    first, second = ask_200("C01"), ask_200("C02")
    assert len(first) == len(second) == 200
    at_once = answer("C01", sheet(first), actor=WHO, role=COORDINATOR, at=START,
                     may_confirm=may_confirm)  # fmt: skip
    by_hand = [
        say(
            a.query_id,
            a.code,
            a.comment,
            center="C02",
            may_confirm=may_confirm(rule(a.query_id, second)),
        )
        for a in sheet(second)
    ]
    assert [(o.result, o.message) for o in at_once] == [(o.result, o.message) for o in by_hand]
    assert {o.result for o in at_once} == {"taken", "refused"}
    assert states("C01") == states("C02")
    assert [c.status for c in case_list("C01")] == [c.status for c in case_list("C02")]
    taken = [o for o in at_once if o.result == "taken"]
    events = sum(len(history("C01", number)) for number in first)
    assert events == 200 + len(taken), "each answer taken is an event of its own"


def rule(query_id: int, query_ids: Sequence[int]) -> str:
    return f"r{query_ids.index(query_id) % 5}"


def test_a_sheet_sent_again_changes_nothing() -> None:
    asked = ask_200("C01")
    for _ in range(2):
        outcomes = answer("C01", sheet(asked), actor=WHO, role=COORDINATOR, at=START,
                          may_confirm=may_confirm)  # fmt: skip
        told = states("C01")
    assert {o.result for o in outcomes} == {"already so", "refused"}
    assert told == states("C01")


def test_the_same_answer_from_many_at_once_is_one_event() -> None:
    upload([found()])
    (asked,) = open_queries("C01")
    with ThreadPoolExecutor(8) as many:
        results = list(many.map(lambda _: say(asked.query_id).result, range(24)))
    assert sorted(results) == ["already so"] * 23 + ["taken"]
    assert [e.event for e in history("C01", asked.query_id)] == ["opened", "confirmed"]


def test_files_and_answers_at_once_never_take_a_step_that_is_none() -> None:
    upload([found()])
    (asked,) = open_queries("C01")
    codes = [AnswerCode.CORRECTED, AnswerCode.CONFIRMED, AnswerCode.NO_SOURCE]

    def act(n: int) -> None:
        if n % 2:
            upload([found()] if n % 3 else [])
        else:
            say(asked.query_id, codes[n % 3])

    with ThreadPoolExecutor(6) as many:
        list(many.map(act, range(60)))
    assert (
        replayed(asked.query_id) == {q.query_id: q.status for q in queries("C01")}[asked.query_id]
    )


def test_a_case_is_clean_with_its_last_answer() -> None:
    upload([found(), found(rule="r2")])
    first, second = (q.query_id for q in open_queries("C01"))
    say(first)
    assert [c.status for c in case_list("C01")] == ["in query"]
    say(second)
    assert [c.status for c in case_list("C01")] == ["clean"]


def test_a_file_with_ten_thousand_findings_asks_each_once() -> None:
    """Also where the database still believes its tables to be small, as before their first analysis."""
    upload([found("P1")])
    with store.engine(None).begin() as session:
        session.execute(text("analyze registry.query, registry.query_event"))
    cases = [f"P{n}" for n in range(1_000)]
    many = [found(case, rule=f"r{n}") for case in cases for n in range(10)]
    taken = []
    for true_now in (many, many, many[::2], many):
        start = time.perf_counter()
        upload(true_now, cases=cases)
        taken.append(time.perf_counter() - start)
    print("seconds per sync of 10,000 findings:", [round(t, 2) for t in taken])
    assert len(open_queries("C01")) == 10_000
