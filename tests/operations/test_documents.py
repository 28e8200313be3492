"""What the pages for those who run the registry say exists: commands, files, requirements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import typer

from registry.cli import app
from tests.validation.requirements import requirements

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = ("operations.md", "threat-model.md", "data-protection.md")
# named already, and made with the work on erasure
COMING = {"erase"}

pytestmark = [
    pytest.mark.requirement("SUP-08"),
    pytest.mark.parametrize("name", PAGES),
]


def named_commands(text: str) -> Iterator[list[str]]:
    """The words after `mst` in code."""
    for code in re.findall(r"`([^`]+)`", text.replace("```", "`")):
        for words in re.findall(r"\bmst ([a-z -]+)", code):
            yield words.split()


def test_every_command_exists(name: str) -> None:
    commands = typer.main.get_command(app)
    asked = list(named_commands((DOCS / name).read_text()))
    assert asked or name == "threat-model.md"
    for words in asked:
        group = commands
        for word in words:
            if not isinstance(group, click.Group) or word.startswith("-"):
                break
            if word in COMING:
                assert word not in group.commands, "it has come: take it out of COMING"
                break
            if word not in group.commands:
                # `mst backup --keep` and the like: a group with a command of its own
                assert group is not commands, words
                break
            group = group.commands[word]


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
