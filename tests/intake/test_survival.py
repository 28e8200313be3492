"""The parent outlives every file: nine hostile workbooks, 200 mutated ones, and all disguises."""

from __future__ import annotations

import resource
import time
from pathlib import Path

import pytest

from registry.intake import reader
from registry.intake.raw import RawFile, UnreadableFileError
from registry.workbook import write_template
from tests.intake.disguises import DISGUISES
from tests.intake.generators import sheets_of, workbook
from tests.intake.hostile import HOSTILE, dense_bomb, mutations, one_cell_bomb


def answer(path: Path) -> RawFile | UnreadableFileError:
    """What comes back; anything but these two fails the test."""
    found: RawFile | UnreadableFileError
    try:
        found = reader.read(path)
    except UnreadableFileError as error:
        found = error
    if isinstance(found, UnreadableFileError):
        assert found.message
        assert found.fix
        assert "Traceback" not in found.message
    return found


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


@pytest.mark.requirement("UPL-02")
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_workbook_has_an_answer_in_time(tmp_path: Path, name: str) -> None:
    path = HOSTILE[name](tmp_path)
    before, began = _resident(), time.monotonic()
    answer(path)
    assert time.monotonic() - began < 25
    assert _resident() - before < 20 * 1024**2


@pytest.mark.requirement("UPL-03")
@pytest.mark.parametrize("make", [dense_bomb(), one_cell_bomb()], ids=["dense", "one cell"])
def test_a_bomb_is_told_by_its_declared_size(tmp_path: Path, make: object) -> None:
    path = make(tmp_path)  # type: ignore[operator]
    began = time.process_time()
    found = answer(path)
    assert isinstance(found, UnreadableFileError)
    assert "too large" in found.message
    assert time.process_time() - began < 0.5


@pytest.mark.requirement("UPL-01")
@pytest.mark.parametrize("name", DISGUISES)
def test_a_disguise_is_called_by_its_name(tmp_path: Path, name: str) -> None:
    make, words = DISGUISES[name]
    found = answer(make(tmp_path))
    assert isinstance(found, UnreadableFileError)
    assert words in f"{found.message} {found.fix}".casefold()


def _sources(folder: Path) -> list[Path]:
    write_template(folder / "template.xlsx")
    (folder / "plain").mkdir()
    return [folder / "template.xlsx", workbook(sheets_of())(folder / "plain")]


@pytest.mark.requirement("UPL-02")
def test_twenty_mutated_workbooks_have_answers(tmp_path: Path) -> None:
    template, plain = _sources(tmp_path)
    for path in [*mutations(template, tmp_path, 1, 10), *mutations(plain, tmp_path, 2, 10)]:
        answer(path)


@pytest.mark.requirement("UPL-02")
@pytest.mark.long
@pytest.mark.parametrize("seed", range(3, 13))
def test_two_hundred_mutated_workbooks_have_answers(tmp_path: Path, seed: int) -> None:
    before = _resident()
    for source in _sources(tmp_path):
        for path in mutations(source, tmp_path, seed, 10):
            began = time.monotonic()
            answer(path)
            assert time.monotonic() - began < 25
    assert _resident() - before < 20 * 1024**2
