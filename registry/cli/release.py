"""`mst release`: named, immutable data sets, and what the public sees of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from registry.access.rights import Right
from registry.cli.caller import caller
from registry.cli.output import TRY_AGAIN, Rows, RowsOption, fail, print_rows, progress, say
from registry.home import home

release_app = typer.Typer(
    no_args_is_help=True, help="Named, immutable data sets, and publishing them."
)


@release_app.command("create")
def release_create(name: str) -> None:
    """Write a release of everything accepted so far."""
    from registry import release

    with caller(Right.RELEASE, action="make a release"):
        try:
            made = release.create(name, progress=progress)
        except release.ReleaseError as error:
            raise fail(str(error)) from None
    say.print(f"Release {name}: {sum(made['counts'].values()):,} rows.", markup=False)


@release_app.command("list")
def release_list(format_: RowsOption = Rows.TABLE) -> None:
    """All releases."""
    from registry import release

    keep = ("name", "created_at", "last_submission", "form_version", "consensus_version")
    rows, damaged = list[dict[str, Any]](), list[str]()
    with caller(Right.READ_RESULTS, action="list releases"):
        for name in release.names():
            try:
                m = release.manifest(name)
                rows.append(
                    {**{k: m[k] for k in keep}, "cases": m["counts"]["patient"],
                     "withdrawn_since": release.withdrawn_since(name)}
                )  # fmt: skip
            except release.ReleaseError as error:
                damaged.append(str(error))
    print_rows(sorted(rows, key=lambda m: (m["last_submission"], m["created_at"])), format_)
    if damaged:
        raise fail("\n".join(damaged))


@release_app.command("verify")
def release_verify(name: str) -> None:
    """Hold a release's files against its manifest."""
    from registry import release

    try:
        faults = release.verify(name)
    except release.ReleaseError as error:
        raise fail(str(error)) from None
    if faults:
        raise fail("\n".join(faults))
    say.print(f"Release {name} is whole and unchanged.", markup=False)


@release_app.command("rebuild")
def release_rebuild(
    name: str,
    repair: Annotated[
        bool, typer.Option("--repair", help="put back files that were lost or changed")
    ] = False,
) -> None:
    """Write a release again from the database and compare it, byte by byte, with its manifest."""
    from registry import rebuild, release
    from registry.files import TakenError

    with caller(Right.RELEASE, action="rebuild a release"):
        try:
            found = rebuild.rebuild(name, repair=repair, progress=progress)
        except release.ReleaseError as error:
            raise fail(str(error)) from None
        except TakenError as error:
            raise fail(str(error), TRY_AGAIN) from None
    for file in found.put_back:
        say.print(f"put back: {file}", markup=False)
    for words in found.since:
        say.print(words, markup=False)
    if found.differs:
        raise fail("\n".join(f"{file}: {words}" for file, words in found.differs.items()))
    say.print(f"Release {name} is rebuilt to the byte.", markup=False)


@release_app.command("propose")
def release_propose(name: str, format_: RowsOption = Rows.TABLE) -> None:
    """What publishing the release would change; nothing is changed."""
    from registry import publication

    with caller(Right.PUBLISH, action="propose a publication"), _publishing():
        proposal = publication.propose(home(), name, progress=progress)
    print_rows(
        [{"strata": fate.value, "count": count} for fate, count in proposal.fates.items()], format_
    )
    for cell in proposal.kept_back:
        say.print(f"kept back, since it could be found out: {cell}", markup=False)
    for cell in proposal.found_out:
        say.print(f"could be found out: {cell}", markup=False)


@release_app.command("publish")
def release_publish(
    name: str,
    reason: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COUNT=WHY",
            help="why a hidden count that could be found out is told all the same",
        ),
    ] = None,
) -> None:
    """Approve the release that the warehouse serves, and show it to the public in your name."""
    from registry import publication
    from registry.audit import note

    given = dict(word.partition("=")[::2] for word in reason or [])
    with caller(Right.PUBLISH, action="publish a release") as person, _publishing():
        note("publish a release", detail=name)
        record = publication.publish(
            home(),
            name,
            approver=person.username,
            at=datetime.now(UTC),
            reasons=given,
            progress=progress,
        )
    told = ", ".join(f"{count} strata {fate}" for fate, count in record["strata"].items() if count)
    say.print(f"Published release {name}: {told}.", markup=False)


@release_app.command("published")
def release_published(format_: RowsOption = Rows.TABLE) -> None:
    """What was published, when, and who approved it."""
    from registry import publication

    keep = ("number", "release", "data_cut", "approved_by", "approved_at")
    with caller(Right.READ_RESULTS, action="list publications"):
        rows = [{k: p[k] for k in keep} for p in publication.publications(home())]
    print_rows(rows, format_)


@contextmanager
def _publishing() -> Iterator[None]:
    from registry.disclosure import DisclosureError
    from registry.files import TakenError
    from registry.publication import PublicationError
    from registry.release import ReleaseError

    try:
        yield
    except TakenError as error:
        raise fail(str(error), TRY_AGAIN) from None
    except (PublicationError, ReleaseError, DisclosureError) as error:
        raise fail(str(error)) from None
