"""Rows as commands print them: whole on a screen of any width, and safe to read for other programs."""

from __future__ import annotations

import json

import pytest

from registry.cli.output import Rows, print_rows

ROWS = [{f"column_{n}": f"C01-{n}-{row}" for n in range(12)} for row in range(2)]


def printed(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("width", [40, 80, 400])
def test_no_column_is_lost_whatever_the_width(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    print_rows(ROWS, Rows.TABLE)
    words = capsys.readouterr().out.split()
    assert {*ROWS[0], *ROWS[0].values(), *ROWS[1].values()} <= set(words)


def test_what_does_not_fit_is_a_line_a_value(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows(ROWS, Rows.TABLE)
    lines = printed(capsys)
    assert lines[:2] == ["column_0   C01-0-0", "column_1   C01-1-0"]
    assert lines[12:14] == ["", "column_0   C01-0-1"]


def test_a_name_is_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows([{"[/b]": "[red]"}], Rows.TABLE)
    assert {"[/b]", "[red]"} <= set(capsys.readouterr().out.split())


def test_json_holds_no_word_that_json_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows([{"a": float("nan"), "b": [float("-inf"), 1.5], "c": "NaN"}], Rows.JSON)
    assert json.loads(capsys.readouterr().out, parse_constant=pytest.fail) == [
        {"a": None, "b": [None, 1.5], "c": "NaN"}
    ]


def test_csv_has_its_header_and_no_cell_that_a_spreadsheet_would_run(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_rows([], Rows.CSV, ["a", "b"])
    print_rows([], Rows.CSV)
    print_rows([{"a": "=1+1", "@b": -5, "c": None}], Rows.CSV)
    assert printed(capsys) == ["a,b", "a,'@b,c", "'=1+1,-5,"]
