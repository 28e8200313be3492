"""The requirements, and which test files carry the mark of which."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docs" / "validation" / "requirements.yaml"


@dataclass(frozen=True)
class Requirement:
    """One promise of the registry."""

    id: str
    part: str
    text: str
    source: str | None


def requirements() -> list[Requirement]:
    """All of them, in the order of the file."""
    parts = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return [
        Requirement(
            id_, part["title"], one["requirement"], one.get("source"),
        )
        for part in parts.values()
        for id_, one in part["requirements"].items()
    ]  # fmt: skip


def marked(folder: Path = ROOT / "tests") -> dict[str, set[str]]:
    """Requirement id → the test files with its mark, read without running them."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted(folder.rglob("test_*.py")):
        for id_ in _ids(ast.parse(path.read_text(encoding="utf-8"))):
            found[id_].add(path.relative_to(folder).as_posix())
    return dict(found)


def _ids(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.requirement":
            yield from (ast.literal_eval(argument) for argument in node.args)
