"""Encryption to a public key, in the format of age: the machine that makes backups cannot read them.

The key that opens them is a file which is kept elsewhere. The program `age` knows both, key and
backup, so that neither depends on the registry.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pyrage
from pyrage.x25519 import Identity, Recipient

from registry.backup.archive import DamagedError
from registry.backup.errors import BackupError, OccupiedError
from registry.deidentify.files import appear

_MAGIC = b"age-encryption.org/"


def is_encrypted(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def create_key(path: Path, made_at: datetime) -> str:
    """Write a new key, which only its owner can read. Returns its public half, the recipient."""
    key = Identity.generate()
    public = str(key.to_public())
    lines = f"# created: {made_at.isoformat(timespec='seconds')}\n# public key: {public}\n{key}\n"

    def write(beside: Path) -> None:
        beside.touch(mode=0o600)
        beside.write_text(lines, encoding="ascii")

    try:
        appear(path, write)
    except FileExistsError:
        raise OccupiedError(f"{path} is there already; a key is never overwritten.") from None
    return public


def read_key(path: Path) -> Identity:
    """The key of a file as `create_key` or `age-keygen` writes it."""
    try:
        lines = path.read_text(encoding="ascii").split()
        return Identity.from_str(next(word for word in lines if word.startswith("AGE-SECRET-KEY-")))
    except FileNotFoundError:
        raise BackupError(f"There is no key file {path}.") from None
    except (UnicodeDecodeError, StopIteration, pyrage.IdentityError):
        raise BackupError(f"{path} is no key of a backup, or it is damaged.") from None


def recipient(public: str) -> Recipient:
    try:
        return Recipient.from_str(public)
    except pyrage.RecipientError:
        raise BackupError(
            "The recipient is no public key. It begins with age1; mst backup key prints it."
        ) from None


def encrypt(plain: Path, sealed: Path, recipients: Sequence[Recipient]) -> None:
    pyrage.encrypt_file(str(plain), str(sealed), recipients)


def decrypt(sealed: Path, plain: Path, key: Identity) -> None:
    """Raises BackupError for another key, DamagedError for a file that was changed or cut."""
    try:
        pyrage.decrypt_file(str(sealed), str(plain), [key])
    except pyrage.DecryptError:
        raise BackupError(
            "The key does not open this backup: it is the key of another, or the file is damaged."
        ) from None
    except OSError as error:
        if error.errno is not None:  # the disk, not the file
            raise
        raise DamagedError from None
