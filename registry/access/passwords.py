"""Passwords: Argon2id with the library's own cost, no rule but length and not being a common one."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_CHARACTERS = 12
MAX_CHARACTERS = 1_000
_hasher = PasswordHasher()
# verified against when there is no such account, so that both answers take the same time
_NOBODY = _hasher.hash("no such account")


class PasswordError(Exception):
    """A password cannot be used; the message says why."""


def hashed(password: str, username: str) -> str:
    """The hash to keep. Raises PasswordError for a password that is too short, or easily guessed."""
    if len(password) < MIN_CHARACTERS:
        raise PasswordError(f"A password needs at least {MIN_CHARACTERS} characters.")
    if len(password) > MAX_CHARACTERS:
        raise PasswordError(f"A password has at most {MAX_CHARACTERS:,} characters.")
    if len(set(password)) < 5 or username.casefold() in password.casefold():
        raise PasswordError("The password is easily guessed: use several words, without your name.")
    return _hasher.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether it is the password of the hash; takes as long where there is no hash."""
    try:
        # a longer one cannot have been set, and hashing it would only cost time
        fits = len(password) <= MAX_CHARACTERS
        return _hasher.verify(kept or _NOBODY, password if fits else "") and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Whether the hash was made with another cost than the present one."""
    return _hasher.check_needs_rehash(kept)
