"""Refuses a public file that holds anything the policy could not have produced."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

from registry.disclosure.policy import Policy
from registry.disclosure.policy import policy as load_policy

_WORDS = ("VARCHAR", "BOOLEAN")
_IDENTIFIERS = frozenset(
    {"center_id", "case_id", "donor_id", "collection_id", "aliquot_id", "subject_id"}
)


class DisclosureError(ValueError):
    """The public file was refused. Says table and column, never the value."""


def public_count(n: int, policy: Policy | None = None) -> int | None:
    """What is published of a count: None (hidden), 0, or the count rounded to the base."""
    rule = policy or load_policy()
    if n == 0:
        return 0
    return None if n <= rule.threshold else rule.base * round(n / rule.base)


def verify_public(path: Path, policy: Policy | None = None) -> None:
    """Opens the public file and raises `DisclosureError` with every fault found in it.

    Fails closed: a numeric column that the policy does not name is a fault.
    """
    rule = policy or load_policy()
    with duckdb.connect(str(path), read_only=True) as connection:
        faults = [*_objects(connection), *_columns(connection, rule)]
    if faults:
        raise DisclosureError("; ".join(faults))


def _objects(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    for (view,) in connection.sql(
        "select view_name from duckdb_views() where not internal"
    ).fetchall():
        yield f"{view} is a view"
    for (table,) in connection.sql("select table_name from duckdb_tables()").fetchall():
        if not table.startswith("public_"):
            yield f"{table} is not a public table"


def _columns(connection: duckdb.DuckDBPyConnection, policy: Policy) -> Iterator[str]:
    listed = connection.sql(
        "select table_name, column_name, data_type from duckdb_columns() where not internal"
    )
    for table, column, data_type in listed.fetchall():
        if column in _IDENTIFIERS:
            yield f"{table}.{column} identifies a center or a case"
        elif data_type not in _WORDS:
            yield from _numbers(connection, table, column, policy)


def _numbers(
    connection: duckdb.DuckDBPyConnection, table: str, column: str, policy: Policy
) -> Iterator[str]:
    allowed = allowed_values(column, policy)
    if allowed is None:
        yield f"{table}.{column} is a number the policy does not name"
        return
    refused = connection.execute(
        f'select count(*) from "{table}" where "{column}" is not null and not ({allowed})'
    ).fetchone()
    if refused is not None and refused[0] > 0:
        yield f"{table}.{column} holds {refused[0]} values that the policy could not produce"


def allowed_values(column: str, policy: Policy) -> str | None:
    """The SQL condition on a published number, None for a column that is not named."""
    name, named, curves = f'"{column}"', policy.columns, policy.curves
    if column in named.counts or column in named.totals:
        return f"{name} = 0 or ({name} > {policy.threshold} and {name} % {policy.base} = 0)"
    if column in named.cumulative:
        return f"{name} = 0 or ({name} > 0 and {name} % {curves.bin} = {curves.bin // 2})"
    if column in named.at_risk:
        return f"{name} >= {curves.min_at_risk} and {name} % {curves.bin // 2} = 0"
    if column in named.grid:
        return f"{name} between 0 and {curves.last_day} and {name} % {curves.grid_days} = 0"
    if column in named.percents:
        return f"{name} between 0 and 100 and {name} = floor({name})"
    if column in named.proportions:
        return f"{name} between 0 and 1"
    if column in named.quartiles:
        step = f"power(10, floor(log10(abs({name}))) - {policy.quartiles.digits - 1})"
        steps = f"({name} / {step})"
        return f"case when {name} = 0 then true else abs({steps} - round({steps})) < 1e-6 end"
    return None
