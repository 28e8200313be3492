"""Which verdicts differ between two scorings of the same release."""

from __future__ import annotations

import duckdb
import pyarrow as pa

NOT_JUDGED = "not judged"
_KEY = ("recommendation_id", "reading", "center_id", "case_id", "subject", "subject_id")


def flips(old: pa.Table, new: pa.Table) -> pa.Table:
    """The subjects whose verdict differs, by entry and reading, with the verdict before and after.

    A verdict that only one scoring has, of an entry that is new or retired, differs from `not judged`.
    """
    key = ", ".join(_KEY)
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.register("old", old)
        connection.register("new", new)
        return connection.sql(f"""
            with both_sides as (
                select {key},
                    coalesce(old.verdict, '{NOT_JUDGED}') as before,
                    coalesce(new.verdict, '{NOT_JUDGED}') as after
                from old full outer join new using ({key})
            )
            select * from both_sides where before <> after order by {key}
        """).to_arrow_table()


def counted(flipped: pa.Table) -> pa.Table:
    """How many verdicts of each entry and reading went from what to what."""
    with duckdb.connect() as connection:
        connection.register("flipped", flipped)
        return connection.sql("""
            select recommendation_id, reading, before, after, count(*) as verdicts
            from flipped group by all order by all
        """).to_arrow_table()
