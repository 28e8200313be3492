"""One condition on one column: checked against the column's documentation, written as SQL with its values apart."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from registry.cohorts.marts import MartColumn

_SQL = {"at_least": ">=", "at_most": "<=", "more_than": ">", "less_than": "<"}  # for numbers
OPERATORS = (*_SQL, "not", "known")
_KIND = {"boolean": "yes or no", "text": "text", "number": "a number"}


class ConditionError(ValueError):
    """What is wrong with a condition; never repeats the value."""


@dataclass(frozen=True)
class Condition:
    """Terms that must all hold; the `?` of `sql` are `parameters`. Null where the column is null."""

    column: str
    sql: str
    parameters: tuple[Any, ...]


def condition(column: MartColumn, wanted: Any) -> Condition:
    """`wanted` is a value, a list of values, or operators with theirs. Raises ConditionError."""
    operators = wanted if isinstance(wanted, dict) else {"is": wanted}
    if not operators:
        raise ConditionError("write a value, a list of values, or an operator")
    terms = [_term(column, operator, value) for operator, value in operators.items()]
    return Condition(
        column.name,
        " and ".join(sql for sql, _ in terms),
        tuple(value for _, values in terms for value in values),
    )


def _term(column: MartColumn, operator: Any, value: Any) -> tuple[str, tuple[Any, ...]]:
    if operator == "known":
        if not isinstance(value, bool):
            raise ConditionError("known takes yes or no")
        return f"{column.name} is {'not ' if value else ''}null", ()
    if operator in ("is", "not"):
        values = _values(column, value)
        slots = ", ".join("?" * len(values))
        return f"{column.name} {'not ' if operator == 'not' else ''}in ({slots})", values
    if operator in _SQL:
        if column.kind != "number":
            raise ConditionError(
                f"{operator} is for numbers, and this column is {_KIND[column.kind]}"
            )
        return f"{column.name} {_SQL[operator]} ?", (_number(value),)
    raise ConditionError(
        f"no such operator; there are {', '.join(OPERATORS)}{nearest(operator, OPERATORS)}"
    )


def nearest(given: Any, known: Iterable[str]) -> str:
    """Which of the known names was perhaps meant, to put behind a message."""
    by_fold = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(str(given).casefold(), by_fold, n=1)
    return f"; did you mean {by_fold[found[0]]}?" if found else ""


def _values(column: MartColumn, given: Any) -> tuple[Any, ...]:
    values = given if isinstance(given, list) else [given]
    if not values:
        raise ConditionError("the list of values is empty")
    return tuple(_value(column, value) for value in values)


def _value(column: MartColumn, value: Any) -> Any:
    if value is None:
        raise ConditionError("a value that is missing is no value; ask for it by known: no")
    if column.kind == "number":
        return _number(value)
    if column.kind == "boolean":
        if not isinstance(value, bool):
            raise ConditionError("the value is yes or no")
        return value
    if not column.values:
        raise ConditionError("its values are not laid down, so that it can only be asked by known")
    text = str(value)
    if isinstance(value, bool) or text not in column.values:
        there_are = ", ".join(column.values)
        raise ConditionError(f"no such value; there are {there_are}{nearest(text, column.values)}")
    return text


def _number(value: Any) -> float | int:
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9:
        return value
    raise ConditionError("the value is a number")
