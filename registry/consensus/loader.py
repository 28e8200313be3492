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
from registry.consensus.consensus import Consensus
from registry.consensus.entries import Recommendation, Statement
from registry.consensus.facts import Fact, Facts, Subject
from registry.consensus.faults import ConsensusFaults, Fault
from registry.consensus.genetics import Genetics
from registry.consensus.inspection import inspect
from registry.consensus.regimens import RegimenFile
from registry.consensus.tensions import TensionFile
from registry.consensus.version import VersionFile
from registry.consensus.yaml_file import YamlFile, read

Model = TypeVar("Model", bound=BaseModel)


class _ParameterFile(Frozen):
    parameters: dict[str, Parameter]


class _FactFile(Frozen):
    facts: dict[Subject, dict[str, Fact]]


class _SectionFile(Frozen):
    section: str
    title: str
    statements: tuple[Any, ...]


@dataclass(frozen=True)
class Section:
    """One file: a section of the paper, and its sound entries by their position in the file."""

    section: str
    title: str
    entries: Mapping[int, Statement]


def load_folder(folder: Path) -> Consensus:
    """The consensus in a folder. Raises ConsensusFaults with every fault of every file."""
    faults: list[Fault] = []
    parameters = _one(folder / "parameters.yaml", _ParameterFile, faults)
    known = parameters.parameters if parameters else None
    facts = _one(folder / "facts.yaml", _FactFile, faults)
    version = _one(folder / "version.yaml", VersionFile, faults)
    benchmarks = _one(folder / "benchmarks.yaml", BenchmarkFile, faults)
    tensions = _one(folder / "tensions.yaml", TensionFile, faults)
    regimens = _one(folder / "regimens.yaml", RegimenFile, faults)
    genetics = _one(folder / "genetics.yaml", Genetics, faults)
    by_subject = {s: Facts(f) for s, f in facts.facts.items()} if facts else {}
    sections: list[Section] = []
    for path in sorted(folder.glob("section_*.yaml"), key=_in_the_paper):
        file = read(path, faults)
        section = _section(file, faults, known) if file else None
        if file and section:
            sections.append(section)
            if parameters and facts:
                faults += _inspected(file, section, by_subject, parameters.parameters)
    faults += _repeated(sections)
    if tensions:
        faults += _dangling(sections, {tension.id for tension in tensions.tensions})
    if faults or not (
        parameters and facts and version and benchmarks and tensions and regimens and genetics
    ):
        raise ConsensusFaults(faults)
    return Consensus(
        version=folder.name,
        in_force_from_year=version.in_force_from_year,
        source=version.source,
        sections={section.section: section.title for section in sections},
        statements=tuple(entry for s in sections for entry in s.entries.values()),
        facts=by_subject,
        parameters=parameters.parameters,
        benchmarks=benchmarks.benchmarks,
        tensions=tensions.tensions,
        regimens=regimens,
        genetics=genetics,
    )


def _in_the_paper(path: Path) -> tuple[int, ...]:
    """section_2_1_donor_screening.yaml comes after section_2_principle.yaml and before section_3."""
    return tuple(int(part) for part in path.stem.split("_")[1:] if part.isdigit())


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
    for i, data in enumerate(head.statements):
        at: tuple[int | str, ...] = ("statements", i)
        model = Recommendation if isinstance(data, dict) and "subject" in data else Statement
        entry = _validated(file, model, faults, parameters, data or {}, at)
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
    parameters: Mapping[str, Parameter],
) -> list[Fault]:
    found: list[Fault] = []
    for i, entry in section.entries.items():
        at: tuple[int | str, ...] = ("statements", i)
        if entry.section != section.section:
            found.append(_fault(file, (*at, "section"), f"this file is section {section.section}"))
        faults = inspect(entry, facts, parameters)
        found += [_fault(file, at + place, words) for place, words in faults]
    return found


def _fault(file: YamlFile, location: tuple[int | str, ...], message: str) -> Fault:
    return Fault(file.name, file.line(location), file.place(location), message)


def _repeated(sections: list[Section]) -> list[Fault]:
    entries = [e for s in sections for e in s.entries.values()]
    times = Counter(entry.id for entry in entries)
    return [
        Fault(f"section {e.section}", 0, e.id, "this id is given to more than one entry")
        for e in entries
        if times[e.id] > 1
    ]


def _dangling(sections: list[Section], known: set[str]) -> list[Fault]:
    """Tensions that an entry names and tensions.yaml lacks, and those that no entry represents."""
    entries = [e for s in sections for e in s.entries.values()]
    named = {tension for entry in entries for tension in entry.tensions}
    unknown = [
        Fault(f"section {e.section}", 0, e.id, f"{tension} is not in tensions.yaml")
        for e in entries
        for tension in e.tensions
        if tension not in known
    ]
    return unknown + [
        Fault("tensions.yaml", 0, tension, "no entry represents this tension")
        for tension in sorted(known - named)
    ]
