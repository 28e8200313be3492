"""Loads a version of the consensus from its folder, or says everything that is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from registry.consensus.base import Frozen, Parameter
from registry.consensus.benchmark import BenchmarkFile
from registry.consensus.catalogue import CatalogueFile, Statement
from registry.consensus.consensus import Consensus
from registry.consensus.entries import Recommendation
from registry.consensus.facts import Fact, Facts, Subject
from registry.consensus.faults import ConsensusFaults, Fault
from registry.consensus.inspection import inspect
from registry.consensus.yaml_file import YamlFile, read

Model = TypeVar("Model", bound=BaseModel)


class _ParameterFile(Frozen):
    parameters: dict[str, Parameter]


class _FactFile(Frozen):
    facts: dict[Subject, dict[str, Fact]]


class _SectionFile(Frozen):
    section: str
    title: str
    recommendations: tuple[Any, ...]


@dataclass(frozen=True)
class Section:
    """One file: a section of the paper, and its sound entries by their position in the file."""

    section: str
    title: str
    entries: Mapping[int, Recommendation]


def load_folder(folder: Path) -> Consensus:
    """The consensus in a folder. Raises ConsensusFaults with every fault of every file."""
    faults: list[Fault] = []
    parameters = _one(folder / "parameters.yaml", _ParameterFile, faults)
    known = parameters.parameters if parameters else None
    facts = _one(folder / "facts.yaml", _FactFile, faults)
    catalogue = _one(folder / "catalogue.yaml", CatalogueFile, faults)
    benchmarks = _one(folder / "benchmarks.yaml", BenchmarkFile, faults)
    by_subject = {s: Facts(f) for s, f in facts.facts.items()} if facts else {}
    listed = {s.id: s for s in catalogue.statements} if catalogue else {}
    sections: list[Section] = []
    for path in sorted(folder.glob("section_*.yaml")):
        file = read(path, faults)
        section = _section(file, faults, known) if file else None
        if file and section:
            sections.append(section)
            if parameters and facts and catalogue:
                faults += _inspected(file, section, by_subject, listed, parameters.parameters)
    faults += _repeated(sections)
    if faults or not (parameters and facts and catalogue and benchmarks):
        raise ConsensusFaults(faults)
    return Consensus(
        version=folder.name,
        sections={section.section: section.title for section in sections},
        recommendations=_in_order(sections, list(listed)),
        facts=by_subject,
        parameters=parameters.parameters,
        benchmarks=benchmarks.benchmarks,
        statements=catalogue.statements,
    )


def _in_order(sections: list[Section], ids: list[str]) -> tuple[Recommendation, ...]:
    entries = [entry for section in sections for entry in section.entries.values()]
    return tuple(sorted(entries, key=lambda entry: ids.index(entry.id)))


def _one(path: Path, model: type[Model], faults: list[Fault]) -> Model | None:
    file = read(path, faults)
    return _validated(file, model, faults, {}) if file else None


def _validated(
    file: YamlFile,
    model: type[Model],
    faults: list[Fault],
    parameters: Mapping[str, Parameter] | None,
    data: Any = None,
    at: tuple[int | str, ...] = (),
) -> Model | None:
    """The whole file as a model, or the part of it at a place."""
    try:
        return model.model_validate(
            file.data if data is None else data, context={"parameters": parameters}
        )
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            faults.append(_fault(file, (*at, *detail["loc"]), _said(detail)))
        return None


def _section(
    file: YamlFile, faults: list[Fault], parameters: Mapping[str, Parameter] | None
) -> Section | None:
    """A section file. Entries are read one by one, so that one fault does not hide another."""
    head = _validated(file, _SectionFile, faults, parameters)
    if head is None:
        return None
    entries = {}
    for i, data in enumerate(head.recommendations):
        at: tuple[int | str, ...] = ("recommendations", i)
        entry = _validated(file, Recommendation, faults, parameters, data or {}, at)
        if entry is not None:
            entries[i] = entry
    return Section(head.section, head.title, entries)


def _said(detail: Any) -> str:
    message = str(detail["msg"]).removeprefix("Value error, ")
    if detail["type"] in ("missing", "extra_forbidden"):
        words = {"missing": "is missing", "extra_forbidden": "is not a known key"}[detail["type"]]
        return f"{detail['loc'][-1]} {words}"
    return message


def _inspected(
    file: YamlFile,
    section: Section,
    facts: Mapping[Subject, Facts],
    catalogue: Mapping[str, Statement],
    parameters: Mapping[str, Parameter],
) -> list[Fault]:
    found: list[Fault] = []
    for i, entry in section.entries.items():
        at: tuple[int | str, ...] = ("recommendations", i)
        if entry.section != section.section:
            found.append(_fault(file, (*at, "section"), f"this file is section {section.section}"))
        if entry.subject not in facts:
            found.append(_fault(file, (*at, "subject"), "this subject has no facts in facts.yaml"))
            continue
        faults = inspect(entry, facts[entry.subject], catalogue, parameters)
        found += [_fault(file, at + place, words) for place, words in faults]
    return found


def _fault(file: YamlFile, location: tuple[int | str, ...], message: str) -> Fault:
    return Fault(file.name, file.line(location), file.place(location), message)


def _repeated(sections: list[Section]) -> list[Fault]:
    entries: list[Recommendation] = [e for s in sections for e in s.entries.values()]
    times = Counter(entry.id for entry in entries)
    return [
        Fault(f"section {e.section}", 0, e.id, "this id is given to more than one entry")
        for e in entries
        if times[e.id] > 1
    ]
