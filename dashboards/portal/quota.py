"""How many files a person may have checked within an hour, so that no script keeps the others waiting.

Kept in the portal's memory: there is one portal, and its start begins the hour anew.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from threading import Lock

FILES_PER_HOUR = 30
_HOUR = timedelta(hours=1)

_taken: dict[str, dict[str, datetime]] = defaultdict(dict)
_lock = Lock()


def free_again(username: str, file: str, now: datetime | None = None) -> datetime | None:
    """Counts a file of a person, the same one once; if it is one too many, when the next is free."""
    now = now or datetime.now(UTC)
    with _lock:
        files = _taken[username]
        for old in [name for name, at in files.items() if now - at >= _HOUR]:
            del files[old]
        if file not in files and len(files) >= FILES_PER_HOUR:
            return min(files.values()) + _HOUR
        files.setdefault(file, now)
        return None
