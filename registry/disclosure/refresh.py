"""Lays what a new release would publish over what is published: a stratum moves only if enough patients did.

Whoever compares two publications sees the sum of at least so many changes, never the step of one patient.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import duckdb

from registry.disclosure.policy import Policy
from registry.disclosure.policy import policy as load_policy

ORIGIN = "public_origin"
Family = tuple[str, str]  # a table, and what its strata that are told together have in common


class Fate(StrEnum):
    """What becomes of a stratum."""

    REFRESHED = "published anew"
    CARRIED = "left as it was"
    WITHHELD = "not yet published"  # new, and of too few patients, or kept back
    ENDED = "no longer published"


@dataclass(frozen=True)
class Published:
    """A public file, and beside it, for the steward only, what its strata were made of."""

    public: Path
    contributions: Path


def lay_over(
    release: str,
    public: Path,
    steward: Path,
    before: Published | None,
    made: Published,
    policy: Policy | None = None,
    *,
    keep_back: Collection[Family] = (),
) -> Counter[Fate]:
    """Writes `made` from the public and steward files of a build and the publication before.

    Tables of the policy's `strata` are composed by stratum; the others (the release's name) are those of the
    build. `public_origin` names the release each stratum is of. What is in `keep_back` is not published anew.
    Returns how many strata met which fate.
    """
    rule = policy or load_policy()
    with duckdb.connect(str(made.contributions)) as connection:
        connection.execute(f"attach {_text(public)} as new (read_only)")
        connection.execute(f"attach {_text(steward)} as steward (read_only)")
        connection.execute(
            "create table contribution as from steward.int_contribution order by all"
        )
        connection.execute("detach steward")
        if before is None:
            connection.execute("create temp table before_contribution as from contribution limit 0")
            connection.execute(
                "create temp table before_origin (public_table text, stratum text, release text)"
            )
        else:
            connection.execute(f"attach {_text(before.contributions)} as earlier (read_only)")
            connection.execute(f"attach {_text(before.public)} as old (read_only)")
            connection.execute("create temp table before_contribution as from earlier.contribution")
            connection.execute(f"create temp table before_origin as from old.{ORIGIN}")
            connection.execute("detach earlier")
        connection.execute("create temp table kept_back (public_table text, family text)")
        if keep_back:
            connection.executemany("insert into kept_back values (?, ?)", list(keep_back))
        _decide(connection, rule, everything=before is None)
        _note_what_is_left_out(connection)
        _keep_contributions(connection)
        _write_public(connection, release, made.public, rule, before)
        fates = connection.execute("select fate, count(*) from fate group by fate").fetchall()
    return Counter({Fate(fate): count for fate, count in fates})


def told_again(
    left_out: Collection[Family], steward: Path, publications: Sequence[Published]
) -> set[Family]:
    """What may be told although it was left out: each of its strata differs by enough patients from what it
    was at every one of the `publications` that left it out.

    Told sooner, it would tell of then, beside the numbers that were published then.
    """
    least = load_policy().least_changed
    found = set(left_out)
    for each in publications:
        with duckdb.connect() as connection:
            connection.execute(f"attach {_text(steward)} as steward (read_only)")
            connection.execute(f"attach {_text(each.contributions)} as earlier (read_only)")
            if "left_out" not in _tables(
                connection, "earlier"
            ):  # of a version that did not note it
                return set()
            changes = _changes("steward.int_contribution", "earlier.left_out")
            for table, family in sorted(found):
                (changed,) = connection.execute(
                    f"select min(changed) from ({changes}) where public_table = ? "
                    f"and {_in_family('stratum', '?')}",
                    [table, family],
                ).fetchall()[0]
                if (changed or 0) < least:
                    found.discard((table, family))
    return found


def _changes(now: str, before: str) -> str:
    """SQL of how many patients of each stratum differ at least, between two tables of contributions."""
    return f"""
        with steps as (
            select public_table, stratum, coalesce(n.patients, 0) - coalesce(o.patients, 0) as step
            from {now} as n full join {before} as o using (public_table, stratum, profile)
        )
        select public_table, stratum,
               greatest(sum(case when step > 0 then step else 0 end),
                        sum(case when step < 0 then -step else 0 end)) as changed
        from steps
        group by public_table, stratum
    """


def _in_family(stratum: str, family: str) -> str:
    """SQL of whether a stratum is one of those told together: its name begins with what they have in common."""
    return f"starts_with({stratum}, {family} || ' | ')"


def _note_what_is_left_out(connection: duckdb.DuckDBPyConnection) -> None:
    """What stands behind each stratum that is kept back, at the time of this publication."""
    connection.execute(
        f"""
        create table left_out as
        from contribution as c semi join kept_back as k
            on k.public_table = c.public_table and {_in_family("c.stratum", "k.family")}
        order by all
        """
    )


def _decide(connection: duckdb.DuckDBPyConnection, policy: Policy, *, everything: bool) -> None:
    """The table `fate`: of every stratum told before or now what becomes of it, by the patients that differ.

    At least so many differ as add what nobody added before, or no longer add what they did. A stratum without
    any patient is told too, as a row of zeros.
    """
    now = " union ".join(
        f"select '{table}' as public_table, {policy.stratum(table)} as stratum from new.{table}"
        for table in _tables(connection, "new")
        if table in policy.strata
    )
    connection.execute(
        f"""
        create temp table fate as
        with changes as ({_changes("contribution", "before_contribution")}),
        strata as (
            select public_table, stratum, n.present is not null as is_new, o.present is not null as is_old
            from (select *, true as present from ({now})) as n
            full join (select *, true as present from before_origin) as o using (public_table, stratum)
        )
        select public_table, stratum,
               case when exists (
                        from kept_back as k where k.public_table = strata.public_table
                            and {_in_family("strata.stratum", "k.family")}
                    ) then case when is_old then '{Fate.CARRIED}' else '{Fate.WITHHELD}' end
                    when {"true" if everything else "false"} then '{Fate.REFRESHED}'
                    when coalesce(changed, 0) >= {policy.least_changed}
                    then case when is_new then '{Fate.REFRESHED}' else '{Fate.ENDED}' end
                    when is_old then '{Fate.CARRIED}' else '{Fate.WITHHELD}' end as fate
        from strata left join changes using (public_table, stratum)
        """
    )


def _keep_contributions(connection: duckdb.DuckDBPyConnection) -> None:
    """Of each stratum what stood behind it when it was last published."""
    connection.execute(
        f"""
        delete from contribution where (public_table, stratum) not in
            (select public_table, stratum from fate where fate = '{Fate.REFRESHED}');
        insert into contribution
        from before_contribution where (public_table, stratum) in
            (select public_table, stratum from fate where fate = '{Fate.CARRIED}');
        """
    )


def _write_public(
    connection: duckdb.DuckDBPyConnection,
    release: str,
    path: Path,
    policy: Policy,
    before: Published | None,
) -> None:
    connection.execute(f"attach {_text(path)} as made")
    connection.execute(
        f"""
        create table made.{ORIGIN} as
        select public_table, stratum,
               case when fate = '{Fate.REFRESHED}' then $release else release end as release
        from fate left join before_origin using (public_table, stratum)
        where fate in ('{Fate.REFRESHED}', '{Fate.CARRIED}')
        order by public_table, stratum
        """,
        {"release": release},
    )
    for table in _tables(connection, "new"):
        if table not in policy.strata:
            connection.execute(f"create table made.{table} as from new.{table} order by all")
            continue
        parts = [_rows(table, policy, "new", Fate.REFRESHED)]
        if before is not None and table in _tables(connection, "old"):
            parts.append(_rows(table, policy, "old", Fate.CARRIED))
        connection.execute(
            f"create table made.{table} as from ({' union all by name '.join(parts)}) order by all"
        )
    _take_over_comments(connection)
    connection.execute("checkpoint made")
    connection.execute("detach made")


def _take_over_comments(connection: duckdb.DuckDBPyConnection) -> None:
    """What each table and column is, as the build says it."""
    said = connection.execute(
        """
        select 'table', table_name, comment from duckdb_tables() where database_name = 'new' and comment is not null
        union all
        select 'column', table_name || '.' || column_name, comment from duckdb_columns()
        where database_name = 'new' and comment is not null
        order by all
        """
    )
    for kind, name, comment in said.fetchall():
        connection.execute(f"comment on {kind} made.{name} is {_text(comment)}")


def _rows(table: str, policy: Policy, of: str, fate: Fate) -> str:
    return (
        f"(from {of}.{table} where ({policy.stratum(table)}) in "
        f"(select stratum from fate where public_table = '{table}' and fate = '{fate}'))"
    )


def _tables(connection: duckdb.DuckDBPyConnection, database: str) -> list[str]:
    rows = connection.execute(
        "select table_name from duckdb_tables() where database_name = ? order by table_name",
        [database],
    )
    return [name for (name,) in rows.fetchall()]


def _text(words: Path | str) -> str:
    return "'" + str(words).replace("'", "''") + "'"
