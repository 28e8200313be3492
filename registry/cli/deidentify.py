"""`mst deidentify`: a hospital's file becomes a submission on the coordinator's own machine."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from registry.cli.output import Format, FormatOption, fail, out, say
from registry.deidentify.days import DateOrder

PASSPHRASE = "MST_SITE_KEY_PASSPHRASE"


class _FileByDefault(TyperGroup):
    """`mst deidentify FILE OUT` is `mst deidentify file FILE OUT`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ("--help", "-h"):
            args = ["file", *args]
        return super().parse_args(ctx, args)


deidentify_app = typer.Typer(
    cls=_FileByDefault, no_args_is_help=True, pretty_exceptions_enable=False,
    help="Turn a hospital's own file into a submission: mst deidentify FILE OUT --key KEYFILE",
)  # fmt: skip
key_app = typer.Typer(no_args_is_help=True, help="The key that stays at the center.")
deidentify_app.add_typer(key_app, name="key")


class ProfileChoice(StrEnum):
    KEYED = "keyed"
    RANDOM = "random"


File = Annotated[Path, typer.Argument(help="the hospital's workbook (.xlsx) or folder of CSVs")]
Key = Annotated[Path, typer.Argument(help="the key file")]
KeyOption = Annotated[Path, typer.Option("--key", help="the key file, made by: key new")]
CenterOption = Annotated[str | None, typer.Option("--center", help="fills an absent center_id")]
OneCenter = Annotated[str, typer.Option("--center", help="the center whose key it is")]
OrderOption = Annotated[
    DateOrder, typer.Option("--date-order", help="of dates written as text, such as 02/03/2024")
]
PassphraseOption = Annotated[bool, typer.Option("--passphrase", help="ask for a passphrase")]
Folder = Annotated[Path, typer.Argument(help="a new folder for the new key and the mapping")]


@deidentify_app.command("file")
def file_(
    file: File,
    out_: Annotated[Path, typer.Argument(metavar="OUT", help="a .xlsx file, or a folder for CSVs")],
    key: KeyOption,
    center: CenterOption = None,
    date_order: OrderOption = DateOrder.ISO,
    blank_identifiers: Annotated[
        bool, typer.Option("--blank-identifiers", help="leave out cells that may identify a person")
    ] = False,
    based_on: Annotated[
        int | None, typer.Option(help="number of the last submission your file knows of")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="write without asking")] = False,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Show what leaves, then write it: mst deidentify FILE OUT --key KEYFILE."""
    from registry.deidentify.convert import prepare
    from registry.deidentify.words import preview_lines
    from registry.deidentify.writing import write

    with _in_plain_words():
        opened, passphrase = _open(key)
        prepared = prepare(
            _read(file), opened, center_id=center, order=date_order,
            blank_identifiers=blank_identifiers,
        )  # fmt: skip
        if out_.exists():
            raise fail(f"{out_} is already there. Choose another name; nothing was written.")
        if format_ is Format.TEXT:
            for line in preview_lines(prepared.preview):
                out.print(line, markup=False)
        refused = bool(prepared.preview.refused)
        go = not refused and (yes or (format_ is Format.TEXT and _confirmed(out_)))
        if go:
            write(prepared, out_, key, passphrase, based_on=based_on)
        if format_ is Format.JSON:
            written = str(out_) if go else None
            typer.echo(json.dumps({**prepared.preview.as_dict(), "written": written}, indent=2))
        else:
            _last_words(go, refused, out_)
    if refused:
        raise typer.Exit(2)


def _confirmed(out_: Path) -> bool:
    return sys.stdin.isatty() and typer.confirm(f"Write {out_}?")


def _last_words(written: bool, refused: bool, out_: Path) -> None:
    if written:
        say.print(f"Wrote {out_}. Check it: mst check {out_} --center CENTER", markup=False)
    elif refused:
        say.print("Nothing was written. Correct the places above and run it again.")
    else:
        say.print("Nothing was written. Add --yes to write without being asked.")


@deidentify_app.command()
def find(file: File, pseudonym: str, key: KeyOption) -> None:
    """Which rows of your own file belong to a pseudonym that the registry names."""
    from registry.deidentify.lookup import rows_of

    with _in_plain_words():
        opened, _ = _open(key)
        found = rows_of(_read(file), opened, pseudonym)
    if not found:
        raise fail("No row of this file has that pseudonym under this key.")
    for form, rows in found.items():
        out.print(f"{form}: row {', '.join(map(str, rows))}", markup=False)


@deidentify_app.command()
def page(port: Annotated[int, typer.Option(help="on this machine only")] = 8503) -> None:
    """The same as a page in the browser of this machine."""
    from registry.serving import DASHBOARDS, command, environment

    say.print(f"Open http://127.0.0.1:{port} in a browser of this machine. Stop with Ctrl-C.")
    os.chdir(DASHBOARDS.parent)
    # in place of this process, so that ending it ends the page
    os.execvpe(sys.executable, command("center", port), environment("center"))


@key_app.command("new")
def key_new(
    key: Key,
    profile: Annotated[
        ProfileChoice, typer.Option(help="keyed: computed; random: drawn, kept in a table")
    ] = ProfileChoice.KEYED,
    passphrase: PassphraseOption = False,
) -> None:
    """Make the key of your center, once. It stays at the center and is never shown."""
    from registry.deidentify.keyfile import create_key

    with _in_plain_words():
        chosen = _new_passphrase() if passphrase else os.environ.get(PASSPHRASE, "")
        made = create_key(key, "keyed" if profile is ProfileChoice.KEYED else "random", chosen)
    say.print(f"Wrote the key {made.name} to {key}; only you can read it.", markup=False)
    say.print(
        "Put a copy where your hospital keeps its secrets: without it nobody, not even the registry, "
        "can tell which patient a pseudonym is."
    )


@key_app.command("show")
def key_show(key: Key) -> None:
    """Whether the key file can be opened: its name and kind, never the key."""
    with _in_plain_words():
        opened, passphrase = _open(key)
    words = f"key {opened.name}, {opened.profile}, {'with' if passphrase else 'without'} passphrase"
    if opened.profile == "random":
        words += f", {len(opened.table):,} ids in the table"
    out.print(words + (", reported as compromised" if opened.compromised else ""), markup=False)


@key_app.command("rotate")
def key_rotate(key: Key, file: File, folder: Folder, center: OneCenter) -> None:
    """Replace the key: a new key and the mapping old to new, for every patient of FILE."""
    _rotate(key, file, folder, center, compromised=False)


@key_app.command("compromised")
def key_compromised(key: Key, file: File, folder: Folder, center: OneCenter) -> None:
    """Somebody else may have the key: replace it, lock the old one, write the notice."""
    _rotate(key, file, folder, center, compromised=True)


def _rotate(key: Path, file: Path, folder: Path, center: str, *, compromised: bool) -> None:
    from registry.deidentify.keyfile import save_key
    from registry.deidentify.rotation import pseudonyms_in, rotate

    with _in_plain_words():
        opened, passphrase = _open(key)
        known = pseudonyms_in(_read(file), opened)
        made = rotate(
            folder, opened, known, center_id=center, passphrase=passphrase,
            reason="compromise" if compromised else "rotation",
        )  # fmt: skip
        if compromised:
            save_key(key, replace(opened, compromised=True), passphrase)
    _say_mapped(folder, made.counts)
    if compromised:
        say.print(
            f"The old key is locked. Read {folder / 'notice.txt'} and send it today.", markup=False
        )


@key_app.command("lost")
def key_lost(
    file: File,
    submitted: Annotated[Path, typer.Argument(help="the last file that was sent, or its folder")],
    folder: Folder,
    center: OneCenter,
    profile: ProfileChoice = ProfileChoice.KEYED,
    date_order: OrderOption = DateOrder.ISO,
    passphrase: PassphraseOption = False,
) -> None:
    """The key is gone: make a new one, and match patients by what was last sent about them."""
    from registry.deidentify.keyfile import fresh_key
    from registry.deidentify.mapping import RekeyMapping
    from registry.deidentify.recovery import recover
    from registry.deidentify.rotation import write_rotation

    with _in_plain_words():
        fresh = fresh_key("keyed" if profile is ProfileChoice.KEYED else "random")
        found = recover(
            _read(file), _read(submitted), fresh, center_id=center, order=date_order
        )  # fmt: skip
        mapping = RekeyMapping(center, "recovery", "", fresh.name, found.cases)
        chosen = _new_passphrase() if passphrase else os.environ.get(PASSPHRASE, "")
        write_rotation(folder, found.key, mapping, chosen)
    _say_mapped(folder, mapping.counts)
    if found.missed_old or found.missed_local:
        say.print(
            f"Not recognised: {found.missed_old:,} patients of the file that was sent, "
            f"{found.missed_local:,} of your own. Ask the steward before you send those again."
        )


def _say_mapped(folder: Path, counts: dict[str, int]) -> None:
    words = ", ".join(f"{count:,} {kind}s" for kind, count in counts.items())
    say.print(f"Wrote the new key and the mapping of {words} to {folder}.", markup=False)
    say.print("Send mapping.json to the steward, never the key. Use the new key from now on.")


def _open(key: Path) -> tuple[Any, str]:
    """The key and its passphrase, asked for if it is needed and somebody is there to ask."""
    from registry.deidentify.keyfile import PassphraseError, open_key

    given = os.environ.get(PASSPHRASE, "")
    try:
        return open_key(key, given), given
    except PassphraseError:
        if given or not sys.stdin.isatty():
            raise
    typed = typer.prompt("Passphrase of the key", hide_input=True)
    return open_key(key, typed), typed


def _new_passphrase() -> str:
    typed: str = typer.prompt("New passphrase", hide_input=True, confirmation_prompt=True)
    return typed


def _read(file: Path) -> Any:
    from registry.deidentify.source import read_source

    return read_source(file)


@contextmanager
def _in_plain_words() -> Iterator[None]:
    """Every way it can fail as a sentence and exit code 2."""
    from registry.deidentify.keyfile import KeyFileError
    from registry.deidentify.rotation import UnclearIdsError
    from registry.deidentify.words import refusal_lines
    from registry.intake.raw import UnreadableFileError

    try:
        yield
    except (KeyFileError, UnreadableFileError) as error:
        raise fail(f"{error.message} {error.fix}") from None
    except UnclearIdsError as error:
        for line in refusal_lines(error.refused):
            out.print(line, markup=False)
        raise fail("Nothing was written. Correct the places above and run it again.") from None
    except FileExistsError:
        raise fail(
            "The folder is already there. Choose another name; nothing was written."
        ) from None
