"""Why a backup or a restore does not happen; every message is for the person at the command."""


class BackupError(Exception):
    """Refused; the message says what, why and what to do."""


class WrongLoginError(BackupError):
    """The login would not see, or could not prove, every row."""


class OccupiedError(BackupError):
    """Something is there already, and nothing is ever overwritten."""


class BusyError(BackupError):
    """Another backup or restore of the same registry is under way."""


class BrokenTrailError(BackupError):
    """Rows and tables are as they should be, but the audit trail among them does not hold."""
