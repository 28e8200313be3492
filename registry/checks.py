"""The one module that runs Great Expectations, and turns its results into the project's own.

A failed expectation and an exception inside one both come back as `success=False`. Here the first
is a failure of the data and the second is a CheckError: a broken check must never look like a
finding, nor like none.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

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
    """A rule that a row of a form does not meet; `row` counts the rows as they were given, from 0."""

    rule: Rule
    row: int


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


@cache
def single(form: str) -> tuple[Rule, ...]:
    """The rules that look at one value and nothing else."""
    return tuple(rule for rule in rules(form) if rule.kind != "true")


@cache
def across(form: str) -> tuple[Rule, ...]:
    """The rules across items and forms, which ask the derived facts too."""
    return tuple(rule for rule in rules(form) if rule.kind == "true")


@cache
def question(judged: tuple[Rule, ...], relation: str) -> str:
    """A query for the key of each row of a relation and, rule by rule, whether it is in order."""
    key = [f'this.{name} as "key.{name}"' for name in FORMS[judged[0].form].key()]
    predicates = [f'({rule.sql}) as "{rule.id}"' for rule in judged]
    return f"select {', '.join([*key, *predicates])} from {relation} as this"


def failures(judged: Sequence[Rule], answers: pa.Table, values: pa.Table) -> list[Failure]:
    """The rules that fail, row by row of `values` (a form's rows).

    `answers` is what `question` said of the same rows, in any order. Whatever no row fails is done
    with; of the rest Great Expectations judges the values themselves, and only what it calls
    unexpected is a failure. Raises CheckError if the two disagree.
    """
    failed = [rule for rule in judged if _fails(answers.column(rule.id))]
    if not failed:
        return []
    form = failed[0].form
    place = {key: row for row, key in enumerate(_keys(values, FORMS[form].key()))}
    order = [place[k] for k in _keys(answers, [f"key.{n}" for n in FORMS[form].key()])]
    frame = _frame(failed, answers, values, np.argsort(order))
    batch = _asset(form).get_batch({"dataframe": frame})
    named = _report(batch, _suite(form, tuple(failed)), _NAMED)
    return [Failure(rule, row) for rule in failed for row in _rows_of(rule.id, named[rule.id])]


def _fails(column: pa.ChunkedArray) -> bool:
    return pc.min(column).as_py() is False


def _keys(table: pa.Table, names: Sequence[str]) -> list[tuple[Any, ...]]:
    return list(zip(*(table.column(name).to_pylist() for name in names), strict=True))


def _frame(
    failed: Sequence[Rule], answers: pa.Table, values: pa.Table, order: npt.NDArray[np.int64]
) -> pd.DataFrame:
    """The values a rule looks at, or for a rule across items whether it holds, row by row."""
    columns = {
        _column(rule): answers.column(rule.id).take(pa.array(order))
        if rule.kind == "true" else values.column(rule.column)
        for rule in failed
    }  # fmt: skip
    frame: pd.DataFrame = pa.table(columns).to_pandas()
    return frame


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

    # it tells of a folder that it makes, whatever is asked of logging
    logging.getLogger("great_expectations.data_context.types.base").setLevel(logging.WARNING)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context.data_sources.add_pandas("upload")


@cache
def _asset(form: str) -> Any:
    return _source().add_dataframe_asset(form).add_batch_definition_whole_dataframe("rows")


@lru_cache(maxsize=128)
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
