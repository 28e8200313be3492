"""The audit trail: who did what, when and why, and a proof that neither it nor a row was altered since.

Rows of other tables are committed to by triggers of the database (`migrations/audit.py`); an act that
changes no row, such as reading or exporting, is entered here.
"""

from registry.audit.enter import Head, enter, head, note, reading
from registry.audit.verify import Fault, verify

__all__ = ["Fault", "Head", "enter", "head", "note", "reading", "verify"]
