"""Backups: made from one snapshot, proven by restoring them, restored into an empty registry only."""

from registry.backup.encryption import create_key
from registry.backup.errors import BackupError, BusyError, OccupiedError, WrongLoginError
from registry.backup.keeping import backups, prune
from registry.backup.make import create
from registry.backup.proof import prove, verify
from registry.backup.restore import restore

__all__ = [
    "BackupError",
    "BusyError",
    "OccupiedError",
    "WrongLoginError",
    "backups",
    "create",
    "create_key",
    "prove",
    "prune",
    "restore",
    "verify",
]
