"""What the registry remembers of earlier files when another one comes."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, select

from registry.intake.raw import RawFile, UnreadableFileError
from registry.intake.receipt import Receipt
from registry.schema import RECEIPT, REKEYING, SUBMISSION

OTHER_CONTENT = UnreadableFileError(
    "Another file was sent under this key before; nothing of this one is stored.",
    "Send it under a key of its own, or without one.", "file.key",
)  # fmt: skip
_STAMP = UnreadableFileError(
    "The file says that it is based on a submission that this center has not made.",
    "Write the number of your last submission beside Based on submission, or none.", "file.stamp",
)  # fmt: skip
_OLD_NAMES = UnreadableFileError(
    "The file was received before the center's pseudonyms were exchanged; it still uses the old ones.",
    "Make it again with the new key, or start from the present state (mst export).", "file.rekeyed",
)  # fmt: skip


def kept_key(key: str) -> str:
    """What is kept of a key: its digest, since the sender's words may say anything."""
    return hashlib.sha256(key.encode()).hexdigest()


def by_key(session: Connection, raw: RawFile, key: str) -> Receipt | None:
    """The receipt of the same file sent under the same key. Raises UnreadableFileError if the key was
    used for another file."""
    query = (
        select(SUBMISSION.c.file_sha256, RECEIPT.c.receipt)
        .join(RECEIPT, RECEIPT.c.submission_id == SUBMISSION.c.submission_id)
        # versions before this one kept the key itself
        .where(SUBMISSION.c.client_key.in_([kept_key(key), key]))
    )
    found = session.execute(query).first()
    if found is None:
        return None
    if found.file_sha256 != raw.sha256:
        raise OTHER_CONTENT
    return Receipt.model_validate({**found.receipt, "status": "already received"})


def received(session: Connection, raw: RawFile) -> int | None:
    """The last submission that brought this very file. Raises UnreadableFileError if it speaks of
    pseudonyms that were exchanged since."""
    query = (
        select(SUBMISSION.c.submission_id, SUBMISSION.c.received_at)
        .where(SUBMISSION.c.file_sha256 == raw.sha256)
        .order_by(SUBMISSION.c.submission_id.desc())
    )
    found = session.execute(query).first()
    if found is None:
        return None
    exchanged = select(REKEYING.c.rekeying_id).where(REKEYING.c.at > found.received_at)
    if session.execute(exchanged).first() is not None:
        raise _OLD_NAMES
    return int(found.submission_id)


def require_own(session: Connection, based_on: int | None) -> None:
    """Raises UnreadableFileError for a stamp that is no submission of this center (0: before any)."""
    if based_on is None or based_on == 0:
        return
    query = select(SUBMISSION.c.submission_id).where(SUBMISSION.c.submission_id == based_on)
    if not 0 < based_on < 2**63 or session.execute(query).first() is None:
        raise _STAMP
