"""Whether what a person types or uploads reaches the registry unread by others."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

PLAIN = (
    "This page was opened over plain http, where others can read passwords and files on their way. "
    "Open it by its https address."
)


def is_private(address: str) -> bool:
    """Whether a page's address is one of https, or of this very machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or _is_loopback(parts.hostname or "")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
