"""The sentences of a mark, as a coordinator reads them in the comment of a cell."""

from __future__ import annotations

from registry.findings import Finding
from registry.queries.model import OpenQuery
from registry.roundtrip.notes import SEVERITY_HEADS
from registry.workbook.names import QUERIES_SHEET

_SHOWN = 8


def also(finding: Finding) -> str:
    """What goes away with the finding, in one sentence; each message once."""
    messages = list(dict.fromkeys(_as_clause(c.message) for c in finding.consequences))
    rest = len(messages) - _SHOWN
    shown = "; ".join(messages[:_SHOWN])
    return f"{shown}; and {rest} more" if rest > 0 else shown


def _as_clause(message: str) -> str:
    return message.strip().rstrip(".")


def comment_of(finding: Finding, query: OpenQuery | None) -> str:
    """Severity, what is wrong, what to do, what hangs on it, and the rule's name."""
    lines = [SEVERITY_HEADS[finding.severity], finding.message]
    lines += [f"To do: {finding.fix}"] if finding.fix else []
    lines += [f"also: {also(finding)}"] if finding.consequences else []
    lines += [f"Query {query.query_id}: answer it in the sheet {QUERIES_SHEET}."] if query else []
    return "\n".join([*lines, f"[{finding.rule}]"])


def comment_of_query(query: OpenQuery) -> str:
    """A query that no finding of this file asks, such as one opened by a person."""
    lines = [SEVERITY_HEADS["query"], query.message]
    lines += [f"To do: {query.fix}"] if query.fix else []
    lines.append(
        f"Query {query.query_id}, asked since {query.asked_on}: "
        f"answer it in the sheet {QUERIES_SHEET}."
    )
    return "\n".join([*lines, f"[{query.rule}]"])
