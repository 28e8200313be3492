"""The site key as a file that never leaves the center.

One file for both profiles: the key of the keyed profile, or the lookup table of the random one.
With a passphrase the content is encrypted (scrypt, AES-256-GCM). Nothing here prints a secret.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from registry.deidentify.files import write_private
from registry.deidentify.pseudonyms import KEY_BYTES, Entry, Keyed, Profile, Random

FORMAT = "mst site key 1"
_SCRYPT = {"n": 2**17, "r": 8, "p": 1}
_LARGEST_N = 2**20


class KeyFileError(Exception):
    """The key cannot be used; `message` and `fix` are for the coordinator."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message, fix)
        self.message = message
        self.fix = fix


class PassphraseError(KeyFileError):
    """The passphrase is missing or wrong."""


@dataclass(frozen=True)
class SiteKey:
    """`name` tells keys apart and gives nothing away. `key` is b"" in the random profile."""

    profile: Profile
    name: str
    compromised: bool = False
    key: bytes = field(default=b"", repr=False)
    table: Mapping[Entry, str] = field(default_factory=dict, repr=False)

    def pseudonyms(self) -> Keyed | Random:
        return Keyed(self.key) if self.profile == "keyed" else Random(dict(self.table))

    def grown(self, used: Keyed | Random) -> SiteKey:
        """The same key with what `used` has added to the table."""
        return replace(self, table=dict(used.table)) if isinstance(used, Random) else self


def fresh_key(profile: Profile) -> SiteKey:
    key = secrets.token_bytes(KEY_BYTES)
    name = _name(key)
    return SiteKey(profile, name, key=key if profile == "keyed" else b"")


def create_key(path: Path, profile: Profile, passphrase: str = "") -> SiteKey:
    """A new key in a new file, readable by its owner only. Raises KeyFileError if the file exists."""
    made = fresh_key(profile)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("xb"):
            os.chmod(path, 0o600)
    except FileExistsError:
        raise KeyFileError(
            "There is already a file of that name; it was left as it is.",
            "Choose another name. A key that is overwritten cannot be brought back.",
        ) from None
    save_key(path, made, passphrase)
    return made


def save_key(path: Path, key: SiteKey, passphrase: str = "") -> None:
    """Replace the file in one step: after a crash there is the old file or the new one."""
    write_private(path, encoded(key, passphrase))


def open_key(path: Path, passphrase: str = "") -> SiteKey:
    """Raises PassphraseError, or KeyFileError for a file that is no key or that others may read."""
    if not path.is_file():
        raise KeyFileError(
            "There is no key file of that name.", "Make one: mst deidentify key new FILE."
        )
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise KeyFileError(
            "Other people on this computer may read the key file.",
            "Take their rights away (chmod 600), and ask yourself who may have copied it.",
        )
    try:
        return _decoded(json.loads(path.read_bytes()), passphrase)
    except (ValueError, KeyError, TypeError) as error:
        raise KeyFileError(
            "This is not a key file, or it is damaged.",
            "Use the copy you keep in a safe place. Without one see: key loss, docs/deidentify.md.",
        ) from error


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """One writer at a time for a table that two people use."""
    import fcntl

    lock = path.with_name(f".{path.name}.lock")
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def encoded(key: SiteKey, passphrase: str) -> bytes:
    content = json.dumps(
        {"key": key.key.hex(), "table": [[*what, p] for what, p in key.table.items()]}
    ).encode()
    head: dict[str, Any] = {"format": FORMAT, "profile": key.profile, "name": key.name}
    sealed: Any = {"protection": "none"}
    if passphrase:
        salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
        content = _cipher(passphrase, salt, **_SCRYPT).encrypt(nonce, content, _bound(head))
        sealed = {"protection": "passphrase", **_SCRYPT, "salt": _b64(salt), "nonce": _b64(nonce)}
    whole = {**head, "compromised": key.compromised, **sealed, "secret": _b64(content)}
    return (json.dumps(whole, indent=1) + "\n").encode()


def _decoded(data: dict[str, Any], passphrase: str) -> SiteKey:
    if data["format"] != FORMAT or data["profile"] not in ("keyed", "random"):
        raise ValueError("not a key file")
    content = base64.b64decode(data["secret"], validate=True)
    if data["protection"] == "passphrase":
        content = _unsealed(data, content, passphrase)
    secret = json.loads(content)
    key = bytes.fromhex(secret["key"])
    if data["profile"] == "keyed" and (len(key) < KEY_BYTES or _name(key) != data["name"]):
        raise ValueError("the key is damaged")
    table = {(kind, case, own): p for kind, case, own, p in secret["table"]}
    return SiteKey(data["profile"], data["name"], bool(data["compromised"]), key, table)


def _unsealed(data: dict[str, Any], content: bytes, passphrase: str) -> bytes:
    from cryptography.exceptions import InvalidTag

    if not passphrase:
        raise PassphraseError("The key file has a passphrase.", "Type the passphrase.")
    if int(data["n"]) > _LARGEST_N:
        raise ValueError("parameters beyond reason")
    salt, nonce = base64.b64decode(data["salt"]), base64.b64decode(data["nonce"])
    cipher = _cipher(passphrase, salt, n=int(data["n"]), r=int(data["r"]), p=int(data["p"]))
    head = {name: data[name] for name in ("format", "profile", "name")}
    try:
        opened: bytes = cipher.decrypt(nonce, content, _bound(head))
    except InvalidTag:
        raise PassphraseError("The passphrase is wrong.", "Type it again.") from None
    return opened


def _cipher(passphrase: str, salt: bytes, *, n: int, r: int, p: int) -> Any:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    return AESGCM(Scrypt(salt=salt, length=32, n=n, r=r, p=p).derive(passphrase.encode()))


def _bound(head: Mapping[str, Any]) -> bytes:
    return json.dumps(head, sort_keys=True).encode()


def _name(key: bytes) -> str:
    """Eight letters by which people tell keys apart; 40 of 256 bits of a one-way function."""
    return base64.b32encode(hmac.digest(key, b"registry/v1/name", "sha256"))[:8].decode()


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
