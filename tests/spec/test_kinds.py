"""Each kind of criterion is true, false and unknown where it should be, and says so in words."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from registry.consensus.base import Parameter
from registry.consensus.criteria import KINDS, Criterion
from registry.consensus.facts import Fact, Facts
from registry.consensus.kind import Kind
from tests.spec import bench, reference

FACTS = Facts(
    {
        "n": Fact(type="number", words="courses"),
        "h": Fact(type="number", words="time", unit="h", interval=True),
        "t": Fact(type="text", words="phase", values=("x", "y", "z", "it's", "other")),
        "b": Fact(type="boolean", words="b", true_words="it was given", false_words="it was not"),
    }
)
PARAMETERS = {"two": Parameter(value=2, unit="courses", words="two", why="for the test")}

IN_24_72 = {"between": {"interval": "h", "low": 24, "high": 72}}
OVER_48 = {"between": {"interval": "h", "low": 48, "high": 72, "excluding": "low"}}
UNDER_72 = {"between": {"interval": "h", "low": 48, "high": 72, "excluding": "high"}}
FROM_24 = {"at_least": {"interval": "h", "value": 24}}
TO_96 = {"at_most": {"interval": "h", "value": 96}}
IS_B, AT_LEAST_2 = {"is_true": "b"}, {"at_least": {"fact": "n", "value": {"parameter": "two"}}}
SQL = {
    "expression": "case when n > {limit} then true when not b then false end",
    "true_words": "more than {limit}", "false_words": "not given",
    "reads": ["n", "b"], "numbers": {"limit": 5},
}  # fmt: skip


def h(low: float | None, high: float | None) -> dict[str, Any]:
    return {"h_lo": low, "h_hi": high}


# kind, criterion, facts, what it is
TABLE: list[tuple[str, dict[str, Any], dict[str, Any], bool | None]] = [
    ("between", {"between": {"fact": "n", "low": 1, "high": 2}}, {"n": 2}, True),
    ("between", {"between": {"fact": "n", "low": 1, "high": 2}}, {"n": 2.01}, False),
    ("between", {"between": {"fact": "n", "low": 1, "high": 2}}, {}, None),
    ("between", IN_24_72, h(24, 72), True),
    ("between", IN_24_72, h(72.01, 90), False),
    ("between", IN_24_72, h(1, 23.99), False),
    ("between", IN_24_72, h(23, 25), None),
    ("between", IN_24_72, h(20, 80), None),
    ("between", IN_24_72, h(30, None), None),
    ("between", IN_24_72, h(73, None), False),
    ("between", IN_24_72, h(None, 23), False),
    ("between", IN_24_72, {}, None),
    ("between", OVER_48, h(48, 48), False),
    ("between", OVER_48, h(48.01, 72), True),
    ("between", OVER_48, h(48, 49), None),
    ("between", UNDER_72, h(72, 72), False),
    ("between", UNDER_72, h(48, 71.99), True),
    ("at_least", AT_LEAST_2, {"n": 2}, True),
    ("at_least", AT_LEAST_2, {"n": 1.99}, False),
    ("at_least", AT_LEAST_2, {}, None),
    ("at_least", FROM_24, h(24, 30), True),
    ("at_least", FROM_24, h(1, 23), False),
    ("at_least", FROM_24, h(23, 24), None),
    ("at_most", {"at_most": {"fact": "n", "value": 2}}, {"n": 2}, True),
    ("at_most", {"at_most": {"fact": "n", "value": 2}}, {"n": 3}, False),
    ("at_most", {"at_most": {"fact": "n", "value": 2}}, {}, None),
    ("at_most", TO_96, h(1, 96), True),
    ("at_most", TO_96, h(96.01, 97), False),
    ("at_most", TO_96, h(90, 97), None),
    ("equals", {"equals": {"fact": "t", "value": "it's"}}, {"t": "it's"}, True),
    ("equals", {"equals": {"fact": "t", "value": "it's"}}, {"t": "other"}, False),
    ("equals", {"equals": {"fact": "t", "value": "it's"}}, {}, None),
    ("one_of", {"one_of": {"fact": "t", "values": ["x", "y"]}}, {"t": "y"}, True),
    ("one_of", {"one_of": {"fact": "t", "values": ["x", "y"]}}, {"t": "z"}, False),
    ("one_of", {"one_of": {"fact": "t", "values": ["x", "y"]}}, {}, None),
    ("none_of", {"none_of": {"fact": "t", "values": ["x", "y"]}}, {"t": "z"}, True),
    ("none_of", {"none_of": {"fact": "t", "values": ["x", "y"]}}, {"t": "x"}, False),
    ("none_of", {"none_of": {"fact": "t", "values": ["x", "y"]}}, {}, None),
    ("is_true", IS_B, {"b": True}, True),
    ("is_true", IS_B, {"b": False}, False),
    ("is_true", IS_B, {}, None),
    ("is_false", {"is_false": "b"}, {"b": False}, True),
    ("is_false", {"is_false": "b"}, {"b": True}, False),
    ("is_false", {"is_false": "b"}, {}, None),
    ("present", {"present": "t"}, {"t": "x"}, True),
    ("present", {"present": "t"}, {}, False),
    ("missing", {"missing": "t"}, {}, True),
    ("missing", {"missing": "t"}, {"t": "x"}, False),
    ("all", {"all": [IS_B, AT_LEAST_2]}, {"b": True, "n": 2}, True),
    ("all", {"all": [IS_B, AT_LEAST_2]}, {"b": False}, False),
    ("all", {"all": [IS_B, AT_LEAST_2]}, {"b": True}, None),
    ("any", {"any": [IS_B, AT_LEAST_2]}, {"b": True}, True),
    ("any", {"any": [IS_B, AT_LEAST_2]}, {"b": False, "n": 1}, False),
    ("any", {"any": [IS_B, AT_LEAST_2]}, {"b": False}, None),
    ("not", {"not": TO_96}, h(97, 98), True),
    ("not", {"not": TO_96}, h(1, 2), False),
    ("not", {"not": TO_96}, h(95, 97), None),
    ("sql", {"sql": SQL}, {"n": 6}, True),
    ("sql", {"sql": SQL}, {"n": 5, "b": False}, False),
    ("sql", {"sql": SQL}, {"n": 5, "b": True}, None),
]  # fmt: skip


def loaded(written: dict[str, Any]) -> Kind:
    found: Kind = TypeAdapter(Criterion).validate_python(
        written, context={"parameters": PARAMETERS}
    )
    return found


@pytest.mark.parametrize(("kind", "written", "facts", "expected"), TABLE)
def test_a_kind_is_true_false_or_unknown(
    kind: str, written: dict[str, Any], facts: dict[str, Any], expected: bool | None
) -> None:
    criterion = loaded(written)
    assert type(criterion) is KINDS[kind]
    assert bench.run(FACTS.columns(), [facts], [criterion.sql()]) == [(expected,)]


@pytest.mark.parametrize(("kind", "written", "facts", "expected"), TABLE)
def test_the_slow_judge_thinks_so_too(
    kind: str, written: dict[str, Any], facts: dict[str, Any], expected: bool | None
) -> None:
    if kind != "sql":  # written by hand there, entry by entry
        plain = reference._resolved(written, {"two": {"value": 2}})
        assert reference.true_of("", plain, facts) is expected


def test_every_kind_is_seen_true_false_and_unknown() -> None:
    seen = {kind: {row[3] for row in TABLE if row[0] == kind} for kind in KINDS}
    about_the_record = {"present", "missing"}  # never unknown
    assert {k for k, values in seen.items() if values != {True, False, None}} == about_the_record


@pytest.mark.parametrize("written", [row[1] for row in TABLE])
def test_words_and_denial_differ_and_facts_are_what_the_sql_reads(written: dict[str, Any]) -> None:
    criterion = loaded(written)
    assert criterion.words(FACTS)
    assert criterion.words(FACTS) != criterion.denial(FACTS)
    assert set(criterion.facts()) <= set(FACTS.columns())
    assert all(column in criterion.sql() for column in criterion.facts())


def test_a_parameter_is_named_in_the_words_as_the_registrys() -> None:
    assert "registry-defined: two" in loaded(AT_LEAST_2).words(FACTS)
    assert "registry-defined" not in loaded(IN_24_72).words(FACTS)


@pytest.mark.parametrize(
    "written",
    [
        {"betwixt": {"fact": "n", "low": 1, "high": 2}},
        {"is_true": "b", "is_false": "b"},
        {"between": {"fact": "n", "interval": "h", "low": 1, "high": 2}},
        {"between": {"low": 1, "high": 2}},
        {"between": {"fact": "n", "low": 3, "high": 2}},
        {"at_least": {"fact": "n", "value": True}},
        {"at_least": {"fact": "n", "value": "24"}},
        {"at_least": {"fact": "n", "value": {"parameter": "three"}}},
        {"all": []},
        {"one_of": {"fact": "t", "values": []}},
        {"is_true": "b; drop table facts"},
        {"sql": SQL | {"numbers": {}}},
        {"sql": SQL | {"reads": ["n", "b", "t"]}},
        {"sql": SQL | {"expression": "case when n > {limit} then true when b is false then false end"}},
        "b",
        None,
    ],
)  # fmt: skip
def test_what_is_not_a_criterion_is_refused(written: Any) -> None:
    with pytest.raises(ValidationError):
        loaded(written)
