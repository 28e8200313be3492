"""The one module that runs Great Expectations, and turns its results into the project's own.

A failed expectation and an exception inside one both come back as `success=False`. Here the first
is a failure of the data and the second is a CheckError: a broken check must never look like a
finding, nor like none.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from registry.forms import FORMS
from registry.rules import Rule, rules

if TYPE_CHECKING:
    import pandas as pd

# without these the library reports its use and its log repeats what it saw
os.environ["GX_ANALYTICS_ENABLED"] = "false"


class CheckError(Exception):
    """A check could not be run. Names the rules, never the data."""


@dataclass(frozen=True)
class Failure:
    """A rule that a row of a frame does not meet; `position` counts rows from 0."""

    rule: Rule
    position: int


@dataclass(frozen=True)
class Forbidden:
    """A value that a column of verdicts should not have; `meta` goes with the expectation."""

    column: str
    value: str
    severity: Literal["critical", "warning", "info"]
    meta: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Unexpected:
    """How many rows have the forbidden value, and which (from 0) if that was asked."""

    count: int
    positions: tuple[int, ...] = ()


def frame_sql(form: str) -> str:
    """The keys of a form's rows with one boolean column for each predicate, named by its rule."""
    key = [f'this.{name} as "key.{name}"' for name in FORMS[form].key()]
    predicates = [f'({rule.sql}) as "{rule.id}"' for rule in rules(form) if rule.kind == "true"]
    return f"select {', '.join([*key, *predicates])} from stg_{form} as this"


def run(frames: Mapping[str, pd.DataFrame]) -> list[Failure]:
    """Every failure on the given frames: form to its rows, as they came or made by `frame_sql`.

    A frame is judged by the rules whose columns it has, so the rules on single values can be asked
    before anything is derived from the values.
    """
    return [
        failure for form, frame in frames.items() if len(frame) for failure in _run(form, frame)
    ]


def _run(form: str, frame: pd.DataFrame) -> list[Failure]:
    judged = [
        rule for rule in rules(form)
        if _column(rule) in frame and not frame[_column(rule)].isna().all()
    ]  # fmt: skip
    if not judged:
        return []
    batch = _asset(form).get_batch({"dataframe": frame})
    passing = _report(batch, _suite(form, tuple(judged)), _FIRST)
    # naming rows doubles the cost of a check, so it is asked of the failed ones only
    failed = {rule.id: rule for rule in judged if not passing[rule.id].success}
    if not failed:
        return []
    named = _report(batch, _suite(form, tuple(failed.values())), _NAMED)
    return [Failure(rule, row) for id_, rule in failed.items() for row in _rows_of(id_, named[id_])]


def find_forbidden(
    name: str, frame: pd.DataFrame, asked: Sequence[Forbidden], *, rows: bool = False
) -> dict[str, Unexpected]:
    """The columns that hold their forbidden value, with how many rows of the frame do."""
    if frame.empty or not asked:
        return {}
    batch = _asset(name).get_batch({"dataframe": frame})
    passing = _report(batch, forbidding(name, asked), _FIRST)
    failed = [one for one in asked if not passing[one.column].success]
    if not failed:
        return {}
    named = _report(batch, forbidding(name, failed), _NAMED if rows else _COUNTED)
    return {
        column: Unexpected(
            int(result.result["unexpected_count"]), _rows_of(column, result) if rows else ()
        )
        for column, result in named.items()
    }


_FIRST: Mapping[str, object] = {"result_format": "BOOLEAN_ONLY"}
_COUNTED: Mapping[str, object] = {"result_format": "BASIC", "partial_unexpected_count": 0}
_NAMED: Mapping[str, object] = {"result_format": "COMPLETE", "exclude_unexpected_values": True}


def _report(batch: Any, suite: Any, result_format: Mapping[str, object]) -> dict[str, Any]:
    """The result of each expectation by its rule. Raises CheckError if one raised or went missing."""
    with warnings.catch_warnings():
        # the patterns of the forms group without meaning to capture, which pandas remarks on
        warnings.filterwarnings("ignore", message="This pattern is interpreted as a regular")
        report = batch.validate(suite, result_format=dict(result_format))
    found = {r.expectation_config.meta["rule"]: r for r in report.results}
    asked = len(suite.expectations)
    if len(found) != asked:
        raise CheckError(f"{suite.name}: {asked} checks were asked for, {len(found)} ran.")
    for id_, result in found.items():
        _raise_exception_of(id_, result)
    return found


def _raise_exception_of(id_: str, result: Any) -> None:
    information = result.exception_info or {}
    # one exception is reported flat, several under the name of their metric
    nested = [information, *(v for v in information.values() if isinstance(v, dict))]
    if any(part.get("raised_exception") for part in nested):
        raise CheckError(f"The check {id_} could not be run.")


def _rows_of(id_: str, result: Any) -> tuple[int, ...]:
    rows: Collection[int] = result.result.get("unexpected_index_list") or ()
    if not rows:
        raise CheckError(f"The check {id_} failed without naming a row.")
    return tuple(int(row) for row in rows)


def _column(rule: Rule) -> str:
    return rule.id if rule.kind == "true" else rule.column


@cache
def _source() -> Any:
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context.data_sources.add_pandas("upload")


@cache
def _asset(form: str) -> Any:
    return _source().add_dataframe_asset(form).add_batch_definition_whole_dataframe("rows")


@cache
def _suite(form: str, judged: tuple[Rule, ...]) -> Any:
    import great_expectations as gx

    return gx.ExpectationSuite(name=form, expectations=[expectation(rule) for rule in judged])


def forbidding(name: str, asked: Sequence[Forbidden]) -> Any:
    import great_expectations as gx
    import great_expectations.expectations as gxe

    expectations = [
        gxe.ExpectColumnValuesToNotBeInSet(
            column=one.column, value_set=[one.value], severity=one.severity,
            meta={"rule": one.column, **one.meta},
        )
        for one in asked
    ]  # fmt: skip
    return gx.ExpectationSuite(name=name, expectations=expectations)


def expectation(rule: Rule) -> Any:
    """The Great Expectations class that stands for a rule."""
    import great_expectations.expectations as gxe

    meta = {"rule": rule.id, "severity": rule.severity, "category": rule.category}
    if rule.kind == "in set":
        return gxe.ExpectColumnValuesToBeInSet(
            column=rule.column, value_set=list(rule.argument), meta=meta
        )
    if rule.kind == "between":
        low, high = rule.argument
        return gxe.ExpectColumnValuesToBeBetween(
            column=rule.column, min_value=low, max_value=high, meta=meta
        )
    if rule.kind == "matches":
        return gxe.ExpectColumnValuesToMatchRegex(
            column=rule.column, regex=rule.argument[0], meta=meta
        )
    return gxe.ExpectColumnValuesToBeInSet(column=rule.id, value_set=[True], meta=meta)
