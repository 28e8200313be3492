"""Reads a YAML file so that every fault can name a line, and no key is silently given twice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from registry.consensus.faults import Fault

DEEPEST = 50


@dataclass(frozen=True)
class YamlFile:
    """A parsed file: its data, and the nodes that know the lines."""

    name: str
    data: Any
    root: yaml.Node | None

    def line(self, location: tuple[int | str, ...]) -> int:
        """The line of a place in the data, or of the nearest thing around it that is written."""
        return self._walk(location)[0]

    def place(self, location: tuple[int | str, ...]) -> str:
        """The place in words: the ids on the way, then the keys."""
        return self._walk(location)[1]

    def _walk(self, location: tuple[int | str, ...]) -> tuple[int, str]:
        node, line, names = self.root, 1, list[str]()
        for step in location:
            found = _child(node, step)
            if found is None:
                continue
            marker, node = found
            line = marker.start_mark.line + 1
            names.append(_label(node, step))
        return line, " ".join(n for n in names if n)


def read(path: Path, faults: list[Fault]) -> YamlFile | None:
    """The file, or None after a fault was noted."""
    try:
        return parse(path.read_text(encoding="utf-8"), path.name, faults)
    except FileNotFoundError:
        faults.append(Fault(path.name, 0, "", "the file is missing"))
    except UnicodeDecodeError as error:
        faults.append(Fault(path.name, 0, "", f"not YAML: {error}"))
    return None


def parse(text: str, name: str, faults: list[Fault]) -> YamlFile | None:
    """What a text holds; `name` stands in its faults. None after a fault was noted."""
    try:
        if endless := _find_endless(text, name):
            faults.append(endless)
            return None
        # by libyaml: PyYAML's own scanner takes ten times as long; twice, since values change the nodes
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
        data = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        faults.append(Fault(name, mark.line + 1 if mark else 0, "", f"not YAML: {problem}"))
        return None
    repeated: list[Fault] = []
    _find_repeated(root, name, repeated, set())
    faults.extend(repeated)
    return YamlFile(name, data, root)


def _child(node: yaml.Node | None, step: int | str) -> tuple[yaml.Node, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        return next(((k, v) for k, v in node.value if k.value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    return None


def _label(node: yaml.Node, step: int | str) -> str:
    """An item of a list is called by its id, name or case; a key by itself."""
    if isinstance(step, str):
        return step
    for key in ("id", "name", "case"):
        found = _child(node, key)
        if found is not None and isinstance(found[1], yaml.ScalarNode):
            return str(found[1].value)
    return f"item {step + 1}"


def _find_endless(text: str, name: str) -> Fault | None:
    """What would take those that follow every branch past the end of the stack."""
    around: list[str | None] = []
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.CollectionStartEvent):
            around.append(event.anchor)
        elif isinstance(event, yaml.CollectionEndEvent):
            around.pop()
        elif isinstance(event, yaml.AliasEvent) and event.anchor in around:
            return Fault(
                name, line, str(event.anchor), "stands within itself; write out what is meant"
            )
        if len(around) > DEEPEST:
            return Fault(name, line, "", f"more than {DEEPEST} lists and keys within each other")
    return None


def _find_repeated(
    node: yaml.Node | None, name: str, faults: list[Fault], looked_at: set[yaml.Node]
) -> None:
    if node is None or node in looked_at:  # by an alias
        return
    looked_at.add(node)
    if isinstance(node, yaml.SequenceNode):
        for child in node.value:
            _find_repeated(child, name, faults, looked_at)
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                faults.append(Fault(name, key.start_mark.line + 1, key.value, "written twice"))
            seen.add(key.value)
            _find_repeated(value, name, faults, looked_at)
