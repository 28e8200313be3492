"""The life of a query: asked once, settled by the value or by a person, and never without trace."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from registry.lifecycle.cases import case_list, withdraw
from registry.lifecycle.remarks import RemarkError
from registry.lifecycle.status import (
    COORDINATOR,
    STEWARD,
    SYSTEM,
    ConflictError,
    NotAllowedError,
)
from registry.queries import ask, close, confirmed, history, open_queries, override_of, reopen
from registry.queries.model import AnswerCode
from registry.store import center_session
from tests.queries.material import (
    START,
    WHO,
    day,
    found,
    only_query,
    replayed,
    say,
    state,
    told,
    upload,
)  # fmt: skip

pytestmark = pytest.mark.usefixtures("empty_database")
OPENED = ("opened", SYSTEM, None)


def by_steward(do: Callable[..., None], query_id: int, role: str = STEWARD) -> None:
    do("C01", query_id, actor="sten", role=role, comment="looked at it", at=START)


def overrides(case: str = "P1") -> set[tuple[str, ...]]:
    with center_session("C01") as session:
        return {tuple(one) for one in confirmed(session, "C01", [case])}


def test_three_runs_ask_once() -> None:
    for n in range(3):
        upload([found(), found()], at=day(n))
    assert told(only_query()) == [OPENED]


def test_each_record_rule_and_value_is_a_question_of_its_own() -> None:
    upload([found(), found(record="course_no 2"), found(rule="r2"), found(value="v2")])
    assert len(open_queries("C01")) == 4


def test_a_question_names_its_place_and_what_to_do() -> None:
    upload([found()])
    (asked,) = open_queries("C01")
    assert (asked.case_id, asked.form, asked.record, asked.column, asked.rule) == (
        "P1", "course", "course_no 1", "start_day", "r1",
    )  # fmt: skip
    assert (asked.message, asked.fix) == ("It is unusual.", "Check it.")
    assert (asked.asked_on, asked.status) == ("2026-03-01", "open")


def test_a_fixed_value_closes_and_the_old_value_reopens_with_its_history() -> None:
    upload([found()])
    query = only_query()
    number = upload([], at=day(1))
    assert told(query)[-1] == ("closed", SYSTEM, "value fixed")
    assert history("C01", query)[-1].submission_id == number
    upload([found()], at=day(2))
    assert only_query() == query
    assert [event for event, *_ in told(query)] == ["opened", "closed", "reopened"]
    assert state(query) == "open"


def test_cases_that_are_not_in_the_file_keep_their_queries() -> None:
    upload([found(case="P1"), found(case="P2")], cases=["P1", "P2"])
    upload([], cases=["P1"])
    assert [(q.case_id, q.status) for q in open_queries("C01")] == [("P2", "open")]


def test_corrected_but_still_there_is_asked_again() -> None:
    upload([found()])
    assert say(only_query(), AnswerCode.CORRECTED).result == "taken"
    assert state(only_query()) == "answered"
    upload([found()])
    assert told(only_query())[-1] == ("reopened", SYSTEM, "not corrected")


def test_an_answer_that_explains_waits_for_the_steward_while_the_value_stays() -> None:
    upload([found()])
    say(only_query(), AnswerCode.NO_SOURCE)
    upload([found()])
    assert state(only_query()) == "answered"
    assert open_queries("C01") == []


def test_an_override_holds_while_value_and_rule_stay() -> None:
    upload([found()])
    query = only_query()
    assert say(query).result == "taken"
    assert overrides() == {override_of(found(), "1")}
    for n in range(3):
        upload([found()], at=day(n))
    assert (state(query), len(told(query))) == ("confirmed", 2)


def test_an_override_lapses_when_the_value_changes() -> None:
    upload([found()])
    query = only_query()
    say(query)
    upload([found(value="v2")])
    assert told(query)[-1] == ("lapsed", SYSTEM, "value changed")
    assert overrides() == set()
    assert [q.query_id for q in open_queries("C01")] != [query]
    upload([found()])
    assert told(query)[-1] == ("reopened", SYSTEM, "found again")


def test_an_override_lapses_when_the_rule_changes_and_can_be_given_again() -> None:
    upload([found()])
    query = only_query()
    say(query)
    upload([found()], version="2")
    assert told(query)[-2:] == [
        ("lapsed", SYSTEM, "rule changed"), ("reopened", SYSTEM, "found again"),
    ]  # fmt: skip
    say(query)
    assert overrides() == {override_of(found(), "2")}
    upload([found()], version="2")
    assert state(query) == "confirmed"


def test_an_open_query_follows_its_rule_to_a_new_version() -> None:
    upload([found()])
    upload([found()], version="2")
    say(only_query())
    assert overrides() == {override_of(found(), "2")}


def test_a_rule_that_is_gone_closes_its_queries_without_counting_as_fixed() -> None:
    upload([found(), found(rule="r2")])
    query, confirmed_one = (q.query_id for q in open_queries("C01"))
    say(confirmed_one)
    upload([], version="")
    assert told(query)[-1] == ("closed", SYSTEM, "rule changed")
    assert told(confirmed_one)[-1] == ("lapsed", SYSTEM, "rule changed")


def test_what_the_rule_does_not_allow_cannot_be_confirmed() -> None:
    upload([found()])
    outcome = say(only_query(), may_confirm=False)
    assert (outcome.result, outcome.cell) == ("refused", "J2")
    assert state(only_query()) == "open"


@pytest.mark.parametrize("comment", ["", "no", "    x    "])
def test_an_answer_that_says_too_little_needs_words(comment: str) -> None:
    upload([found()])
    assert say(only_query(), AnswerCode.NOT_IN_SCOPE, comment).result == "refused"
    assert say(only_query(), AnswerCode.NOT_IN_SCOPE, "had no course").result == "taken"


def test_a_comment_with_an_identifier_is_refused_and_not_repeated() -> None:
    upload([found()])
    words = "see Dr. Müller, phone +49 30 901820, born 12.03.1961"
    outcome = say(only_query(), AnswerCode.NO_SOURCE, words)
    assert outcome.result == "refused"
    assert "901820" not in outcome.message
    assert len(told(only_query())) == 1


def test_an_unknown_code_is_refused() -> None:
    upload([found()])
    assert say(only_query(), "whatever").result == "refused"


def test_the_same_answer_twice_is_one_event() -> None:
    upload([found()])
    say(only_query(), AnswerCode.NO_SOURCE)
    assert say(only_query(), AnswerCode.NO_SOURCE).result == "already so"
    assert len(told(only_query())) == 2


@pytest.mark.requirement("ACC-06")
def test_a_query_of_another_center_reads_like_one_that_does_not_exist() -> None:
    upload([found()], center="C02")
    (theirs,) = open_queries("C02")
    foreign, none = say(theirs.query_id), say(987_654)
    assert (foreign.result, foreign.message) == (none.result, none.message)
    messages = []
    for query_id in (theirs.query_id, 987_654):
        with pytest.raises(ConflictError) as error:
            by_steward(close, query_id)
        messages.append(str(error.value))
        assert history("C01", query_id) == []
    assert messages[0] == messages[1]
    assert history("C02", theirs.query_id)[-1].event == "opened"


def test_a_site_role_cannot_close_or_reopen_and_a_steward_can() -> None:
    upload([found()])
    query = only_query()
    for do in (close, reopen):
        with pytest.raises(NotAllowedError):
            by_steward(do, query, role=COORDINATOR)
    by_steward(close, query)
    with pytest.raises(ConflictError):
        by_steward(close, query)
    upload([found()])
    assert state(query) == "closed", "what a steward closed stays closed for this value"
    by_steward(reopen, query)
    assert state(query) == "open"
    with pytest.raises(NotAllowedError):
        say(query, role="analyst")


def test_a_steward_asks_in_own_words() -> None:
    upload([])
    asked = {
        "case_id": "P1", "form": "course", "column": "start_day", "record": "course_no 1",
        "question": "Was this the first course?", "actor": "sten", "at": START,
    }  # fmt: skip
    with pytest.raises(NotAllowedError):
        ask("C01", **asked, role=COORDINATOR)
    for wrong in ({"case_id": "P9"}, {"form": "no"}, {"column": "no"}, {"question": "Hm?"}):
        with pytest.raises((ConflictError, RemarkError)):
            ask("C01", **{**asked, **wrong}, role=STEWARD)
    query = ask("C01", **asked, role=STEWARD)
    assert [(c.case_id, c.status) for c in case_list("C01")] == [("P1", "in query")]
    upload([])
    assert state(query) == "open", "no rule settles a person's question"
    say(query)
    assert state(query) == "answered", "there is no check to override"
    by_steward(close, query)
    assert [(c.case_id, c.status) for c in case_list("C01")] == [("P1", "clean")]


def test_a_withdrawn_case_is_not_asked_about() -> None:
    upload([found()])
    withdraw("C01", "P1", actor=WHO, reason="consent withdrawn", at=START)
    assert open_queries("C01") == []


def test_the_history_leads_to_the_state() -> None:
    upload([found()])
    query = only_query()
    say(query, AnswerCode.CORRECTED)
    upload([found()], version="2")
    say(query)
    upload([], version="2")
    upload([found()], version="2")
    upload([], version="2")
    assert replayed(query) == state(query) == "closed"
