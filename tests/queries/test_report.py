"""The figures about queries against a hand count."""

from __future__ import annotations

import pytest

from registry.lifecycle.status import STEWARD
from registry.queries import close, open_queries, reopen, report
from registry.queries.model import AnswerCode
from registry.queries.report import Ageing, RuleYield, Times
from tests.queries.material import WHO, day, found, say, upload

pytestmark = pytest.mark.usefixtures("empty_database")


@pytest.fixture
def told(empty_database: None) -> None:
    """Six queries of C01 asked on day 0, one on day 30; one of C02 on day 10.

    a  rule r1  answered day 2, fixed day 10
    b  rule r1  confirmed day 4
    c  rule r1  fixed day 10, back day 30
    d  rule r2  answered day 6, closed by the steward day 20, reopened by the steward day 25
    e  rule r2  nothing
    f  rule r2  confirmed day 8, value changed day 30 into g
    """
    cases = ["Pa", "Pb", "Pc", "Pd", "Pe", "Pf"]
    a, b, c = (found(case, rule="r1") for case in ("Pa", "Pb", "Pc"))
    d, e, f = (found(case, rule="r2") for case in ("Pd", "Pe", "Pf"))
    g = found("Pf", rule="r2", value="v2")
    upload([a, b, c, d, e, f], cases=cases, at=day(0))
    number = {q.case_id: q.query_id for q in open_queries("C01")}
    say(number["Pa"], AnswerCode.CORRECTED, at=day(2))
    say(number["Pb"], at=day(4))
    say(number["Pd"], AnswerCode.NO_SOURCE, at=day(6))
    say(number["Pf"], at=day(8))
    upload([b, d, e, f], cases=cases, at=day(10))
    upload([found("Px", rule="r1")], center="C02", cases=["Px"], at=day(10))
    more = {"actor": "sten", "role": STEWARD, "comment": "looked at it"}
    close("C01", number["Pd"], at=day(20), **more)
    reopen("C01", number["Pd"], at=day(25), **more)
    upload([b, c, d, e, g], cases=cases, at=day(30))


def test_ageing_counts_whole_days_since_the_first_question(told: None) -> None:
    assert report(as_of=day(31), center_id="C01").ageing == (
        Ageing("0 to 7", 1, 0),  # g
        Ageing("8 to 14", 0, 0),
        Ageing("15 to 30", 0, 0),
        Ageing("31 to 90", 3, 0),  # c, d, e
        Ageing("over 90", 0, 0),
    )
    assert report(as_of=day(7.5), center_id="C01").ageing[0] == Ageing("0 to 7", 3, 2)
    assert report(as_of=day(100), center_id="C01").ageing[-1] == Ageing("over 90", 3, 0)


def test_medians_of_first_answer_and_first_close(told: None) -> None:
    # answers after 2, 4, 6 and 8 days; settled after 10, 4, 10, 20 and 8; of those c and d again
    assert report(as_of=day(31), center_id="C01").times == Times(7, 4, 5.0, 5, 10.0, 2)


def test_a_report_of_an_earlier_day_knows_nothing_later(told: None) -> None:
    assert report(as_of=day(5), center_id="C01").times == Times(6, 2, 3.0, 1, 4.0, 0)
    assert report(as_of=day(-1)).times == Times(0, 0, None, 0, None, 0)
    assert report(as_of=day(-1)).rules == ()


def test_yield_and_overrides_per_rule_and_center(told: None) -> None:
    rules = report(as_of=day(31)).rules
    assert rules == (
        RuleYield("r1", "C01", asked=3, changed=2, confirmed=1),  # a and c fixed, b confirmed
        RuleYield("r1", "C02", asked=1, changed=0, confirmed=0),
        RuleYield("r2", "C01", asked=4, changed=1, confirmed=1),  # f was confirmed, then changed
    )
    assert (rules[0].yield_share, rules[2].override_share) == (2 / 3, 1 / 4)


def test_a_center_reads_its_own_figures_only(told: None) -> None:
    assert {row.center_id for row in report(as_of=day(31), center_id="C02").rules} == {"C02"}
    assert report(as_of=day(31), center_id="C02").times.asked == 1
    assert report(as_of=day(31)).times.asked == 8


def test_a_changed_rule_is_neither_a_yield_nor_a_reopening(told: None) -> None:
    before = report(as_of=day(39), center_id="C01")
    upload([found("Pe", rule="r2")], cases=["Pe"], at=day(40), version="2")
    upload([], cases=["Pe"], at=day(41), version="3")
    after = report(as_of=day(50), center_id="C01")
    assert after.times.reopened == before.times.reopened
    assert [r.changed for r in after.rules] == [r.changed for r in before.rules]


def test_who_asked_is_not_counted_as_a_rule(told: None) -> None:
    from registry.queries import ask

    ask("C01", case_id="Pa", form="course", column="start_day", question="Is this right?",
        actor=WHO, role=STEWARD, at=day(31))  # fmt: skip
    assert sum(row.asked for row in report(as_of=day(32), center_id="C01").rules) == 7
    assert report(as_of=day(32), center_id="C01").times.asked == 8
