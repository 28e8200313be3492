"""Signed receipts: what the registry said about a file, provable without the registry.

A receipt is JSON with an Ed25519 signature over its canonical form. It verifies offline with the
registry's public key, and with the file it is about; one changed byte in either fails.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from registry.home import home

SIGNATURE, KEY_ID = "signature", "public_key_id"
MAX_RECEIPT_BYTES = 64 * 1024**2


class KeyFileError(Exception):
    """A key cannot be read; the message says which and what to do."""


def sign(receipt: Mapping[str, Any]) -> dict[str, Any]:
    """The receipt with `public_key_id` and `signature`; the key pair is made on first use."""
    key = _private_key()
    content = {name: value for name, value in receipt.items() if name != SIGNATURE}
    content[KEY_ID] = key_id(key.public_key())
    return {**content, SIGNATURE: key.sign(_canonical(content)).hex()}


def rendered(signed: Mapping[str, Any]) -> str:
    """The text of a receipt's file. It must be written like this, since every byte counts."""
    return json.dumps(signed, indent=2, allow_nan=False) + "\n"


def receipt_text(center_id: str, submission_id: int) -> str | None:
    """The file of a kept receipt, None if the center has no such submission."""
    from sqlalchemy import select

    from registry.audit import reading
    from registry.schema import RECEIPT

    query = select(RECEIPT.c.receipt).where(RECEIPT.c.submission_id == submission_id)
    with reading(center_id, "a receipt") as session:
        found = session.execute(query).scalar_one_or_none()
    return None if found is None else rendered(found)


def verify(
    receipt_path: Path, file_path: Path | None = None, public_key: Path | None = None
) -> list[str]:
    """What is wrong with a receipt, and with the file it is about; empty if nothing is.

    `public_key` is a file exported by `mst receipt key`; None takes this registry's own.
    """
    try:
        raw = _bytes(receipt_path)
        key = _load_public(public_key or _folder() / "receipt.pub")
        content = json.loads(raw)
    except (KeyFileError, OSError) as error:
        return [str(error) if isinstance(error, KeyFileError) else "There is no such receipt."]
    except (ValueError, RecursionError):
        return ["This is no receipt: it is not JSON."]
    faults = _faults_of_receipt(raw, content, key)
    if not faults and file_path is not None:
        faults += _faults_of_file(content, file_path)
    return faults


def public_key_text() -> str:
    """This registry's public key as PEM, made on first use, to be given to the centers."""
    return _pem(_private_key().public_key())


def key_id(key: Ed25519PublicKey) -> str:
    """A short name for a public key: the beginning of its digest."""
    return sha256(key.public_bytes_raw()).hexdigest()[:16]


def _faults_of_receipt(raw: bytes, content: Any, key: Ed25519PublicKey) -> list[str]:
    if not isinstance(content, dict) or not isinstance(content.get(SIGNATURE), str):
        return ["This is no signed receipt."]
    if content.get(KEY_ID) != key_id(key):
        return ["The receipt was signed with another key, or was changed."]
    try:
        signature = bytes.fromhex(content[SIGNATURE])
        signed = {name: value for name, value in content.items() if name != SIGNATURE}
        key.verify(signature, _canonical(signed))
        # a receipt that says the same in other bytes was touched too: blanks, order, letter case
        untouched = signature.hex() == content[SIGNATURE] and rendered(content).encode() == raw
    except (InvalidSignature, ValueError, RecursionError):
        return ["The receipt was changed after it was signed."]
    return [] if untouched else ["The text of the receipt was changed: its blanks or its form."]


def _faults_of_file(content: Mapping[str, Any], path: Path) -> list[str]:
    from registry.intake.raw import UnreadableFileError
    from registry.intake.reader import digest

    try:
        same = digest(path) == content.get("file_sha256")
    except UnreadableFileError as error:
        return [error.message]
    return [] if same else ["The file is not the one this receipt is about, or was changed."]


def _canonical(content: Mapping[str, Any]) -> bytes:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode()


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        raw = file.read(MAX_RECEIPT_BYTES + 1)
    if len(raw) > MAX_RECEIPT_BYTES:
        raise ValueError("too long for a receipt")
    return raw


def _folder() -> Path:
    folder = home() / "keys"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _private_key() -> Ed25519PrivateKey:
    path = _folder() / "receipt.key"
    if not path.exists():
        _make(path)
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileError(f"{path.name} is no Ed25519 key.")
    public = path.with_suffix(".pub")
    if not public.exists():
        _publish(public, _pem(key.public_key()).encode(), 0o644)
    return key


def _make(path: Path) -> None:
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    _publish(path, pem, 0o600)


def _publish(path: Path, content: bytes, mode: int) -> None:
    """Write a file that is whole from its first moment; the first of several writers wins."""
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(aside, path)
        except FileExistsError:
            return
    finally:
        aside.unlink()


def _load_public(path: Path) -> Ed25519PublicKey:
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except FileNotFoundError:
        raise KeyFileError(
            "There is no public key here; ask the registry for the one of `mst receipt key`, and "
            "name it by --key."
        ) from None
    except (ValueError, OSError) as error:
        raise KeyFileError("The public key cannot be read.") from error
    if not isinstance(key, Ed25519PublicKey):
        raise KeyFileError("The public key is of another kind.")
    return key


def _pem(key: Ed25519PublicKey) -> str:
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()
