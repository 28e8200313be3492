"""Writes what was prepared, and only what was prepared: a fresh workbook, a folder of CSV files."""

from __future__ import annotations

from pathlib import Path

from registry.deidentify.convert import Prepared
from registry.deidentify.files import appear
from registry.deidentify.keyfile import KeyFileError, locked, open_key, save_key
from registry.workbook import Stamp, write_csv_folder, write_workbook


class RefusedError(Exception):
    """Something in the file may not leave; the preview says what and where."""


class ExistsError(Exception):
    """There is already something where the submission should go."""


def write(
    prepared: Prepared, out: Path, key_path: Path, passphrase: str = "",
    *, based_on: int | None = None,
) -> None:  # fmt: skip
    """A workbook if `out` ends in .xlsx, else a folder. Raises RefusedError, ExistsError, KeyFileError.

    `based_on` is the number of the last submission that the file knows of. New random ids are in the table before anything carries them. The output appears whole or not at
    all, and holds nothing but the rows: no comment, property or sheet of the center's own file.
    """
    if prepared.preview.refused:
        raise RefusedError
    if out.exists():
        raise ExistsError
    if prepared.key.profile == "random":
        _keep_table(prepared, key_path, passphrase)
    stamp = Stamp(based_on=based_on)
    rows = {form: entries for form, entries in prepared.rows.items() if entries}
    if out.suffix.lower() == ".xlsx":
        appear(out, lambda path: write_workbook(path, rows, stamp=stamp))
    else:
        appear(out, lambda path: write_csv_folder(path, rows, stamp=stamp))


def _keep_table(prepared: Prepared, key_path: Path, passphrase: str) -> None:
    with locked(key_path):
        stored = open_key(key_path, passphrase).table
        if any(prepared.key.table.get(what) != pseudonym for what, pseudonym in stored.items()):
            raise KeyFileError(
                "The lookup table has grown meanwhile; nothing was written.", "Run it again."
            )
        save_key(key_path, prepared.key, passphrase)
