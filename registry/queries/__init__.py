"""Queries: what a center is asked about its accepted data, and what it says to that.

A query is a row that never changes and a list of events; its state is the latest event
(`registry.lifecycle.status.QUERY_LIFECYCLE`).
"""

from registry.queries.answers import Outcome, answer, answer_in, ask, close, reopen
from registry.queries.look import QueryEvent, headers, history, open_queries, queries, queries_in
from registry.queries.override import Override, confirmed, override_of
from registry.queries.report import Report, report
from registry.queries.sync import sync

__all__ = [
    "Outcome",
    "Override",
    "QueryEvent",
    "Report",
    "answer",
    "answer_in",
    "ask",
    "close",
    "confirmed",
    "headers",
    "history",
    "open_queries",
    "override_of",
    "queries",
    "queries_in",
    "reopen",
    "report",
    "sync",
]
