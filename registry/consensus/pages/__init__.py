"""The consensus as pages for people: an index, every statement, and what they rest on."""

from __future__ import annotations

from registry.consensus.consensus import Consensus
from registry.consensus.entries import Recommendation, Statement
from registry.consensus.pages import appendix
from registry.consensus.pages.benchmarks import benchmarks
from registry.consensus.pages.index import index
from registry.consensus.pages.markdown import NOTICE
from registry.consensus.pages.recommendation import recommendation
from registry.consensus.pages.statement import section, statement


def pages(consensus: Consensus | None = None) -> dict[str, str]:
    """File name to content, for the current consensus or the one given."""
    consensus = consensus or _current()
    found = {
        "README.md": index(consensus),
        "tensions.md": appendix.tensions(consensus),
        "regimens.md": appendix.regimens(consensus),
        "parameters.md": appendix.parameters(consensus),
        "benchmarks.md": benchmarks(consensus),
    }
    for name in consensus.sections:
        if any(_stands_in(entry, name) for entry in consensus.statements):
            found[f"section-{name}.md"] = section(name, consensus)
    return found | {f"{e.id}.md": page(e, consensus) for e in consensus.recommendations}


def _stands_in(entry: Statement, section: str) -> bool:
    return entry.section == section and not isinstance(entry, Recommendation)


def page(entry: Statement, consensus: Consensus | None = None) -> str:
    """Everything there is to know about one statement."""
    consensus = consensus or _current()
    parts = (
        recommendation(entry, consensus)
        if isinstance(entry, Recommendation)
        else [f"# {entry.id} {entry.title}", *statement(entry, consensus)]
    )
    return "\n\n".join([NOTICE, *parts]) + "\n"


def _current() -> Consensus:
    from registry.consensus import load

    return load()


__all__ = ["page", "pages"]
