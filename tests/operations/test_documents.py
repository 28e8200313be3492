"""What the pages for those who run the registry say exists: commands, files, requirements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from registry.cli import app
from tests.validation.requirements import requirements

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = ("operations.md", "threat-model.md", "data-protection.md")

pytestmark = [
    pytest.mark.requirement("SUP-08"),
    pytest.mark.parametrize("name", PAGES),
]


def named_commands(text: str) -> Iterator[list[str]]:
    """The words after `mst` in code."""
    for code in re.findall(r"`([^`]+)`", text.replace("```", "`")):
        for words in re.findall(r"(?<![/\w-])mst ([a-z][a-z -]*)", code):
            yield words.split()


def unknown(words: list[str]) -> bool:
    """Whether the first words, down to the last group of commands, name no command."""
    group = typer.main.get_command(app)
    for depth, word in enumerate(words):
        found = getattr(group, "commands", {}).get(word)
        if found is None:
            # `mst backup FILE`: a group that takes more than its commands
            return depth == 0
        group = found
    return False


def test_every_command_exists(name: str) -> None:
    asked = list(named_commands((DOCS / name).read_text()))
    assert asked or name == "threat-model.md"
    assert [words for words in asked if unknown(words)] == []
    assert unknown(["no-such"])
    assert not unknown(["health"])


def test_every_link_leads_to_a_file(name: str) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", (DOCS / name).read_text())
    assert [link for link in links if not (DOCS / link).exists()] == []
    assert links


def test_every_requirement_named_is_one(name: str) -> None:
    known = {r.id for r in requirements()}
    for part, rest in re.findall(
        r"\b([A-Z]{3,4})-(\d\d(?:(?:\.\.|, )\d\d)*)\b", (DOCS / name).read_text()
    ):
        if part in {"DEID", "SDC", "AUD", "ACC", "UPL", "REL", "SUP"}:
            assert {f"{part}-{number}" for number in re.findall(r"\d\d", rest)} <= known


def test_pseudonyms_are_not_called_anonymous(name: str) -> None:
    words = (DOCS / name).read_text()
    assert "anonymised data" not in words
    if name == "data-protection.md":
        assert "Pseudonymised data are personal data" in words
        assert "counted twice" in words
