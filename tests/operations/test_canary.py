"""Canaries in every column of every form, through every kind of failure: none is found afterwards.

Looked through: what commands print, every log line, what Great Expectations answers, every file of the
state folder but the data's own, what dbt leaves, temporary files, the pages of another center.
"""

from __future__ import annotations

import csv
import json
import logging
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from registry import checks, store
from registry.cli import main
from registry.forms import FORMS
from registry.home import home
from registry.warehouse import build
from registry.workbook import write_csv_folder, write_workbook
from tests.cases import Rows, tidy_case
from tests.operations.test_starting import at_version
from tests.warehouse.material import together, write_release

# a word, a number and a pseudonym that stand nowhere else
WORD, NUMBER, CASE = "qwuzzbane", "98765", "QWUZZ7CASE"
CENTER = "K01"
Make = Callable[[Path], Path]

pytestmark = pytest.mark.requirement("ACC-15")


def filled(value: Callable[[str, str], object]) -> Rows:
    """One row of every form with a value in every column but the center's."""
    return {
        name: [{c: value(name, c) for c in form.columns() if c != "center_id"}]
        for name, form in FORMS.items()
    }


def everywhere(word: str) -> Rows:
    return filled(lambda form, column: CASE if column == "case_id" else word)


def good(**patient: object) -> Rows:
    """A case that is accepted, with the word where a form takes free words."""
    rows = tidy_case(CENTER, CASE)
    for row in rows["conmed"]:
        row["drug_name"] = WORD
    rows["patient"][0].update(patient)
    return {
        form: [{k: v for k, v in r.items() if k != "missing"} for r in those]
        for form, those in rows.items()
    }


def csvs(rows: Rows) -> Make:
    """A folder of CSVs, written as a person's own program would."""

    def make(folder: Path) -> Path:
        made = folder / "csvs"
        made.mkdir()
        for name, those in rows.items():
            with (made / f"{name}.csv").open("w", newline="") as file:
                writer = csv.DictWriter(file, fieldnames=list(those[0]))
                writer.writeheader()
                writer.writerows(those)
        return made

    return make


def template(rows: Rows) -> Make:
    def make(folder: Path) -> Path:
        write_csv_folder(folder / "csvs", rows)
        return folder / "csvs"

    return make


def workbook(rows: Rows, spoil: Callable[[Any], object] = lambda _: None) -> Make:
    def make(folder: Path) -> Path:
        write_workbook(folder / "cases.xlsx", rows)
        book = openpyxl.load_workbook(folder / "cases.xlsx")
        spoil(book)
        book.save(folder / "cases.xlsx")
        return folder / "cases.xlsx"

    return make


def as_json(rows: Rows) -> Make:
    return raw(json.dumps(rows, default=str), "cases.json")


def raw(content: str | bytes, name: str = "patient.csv") -> Make:
    def make(folder: Path) -> Path:
        data = content.encode() if isinstance(content, str) else content
        (folder / name).write_bytes(data)
        return folder / name

    return make


def cell(sheet: str, place: str, value: object) -> Callable[[Any], object]:
    return lambda book: setattr(book[sheet][place], "value", value)


HEAD = "case_id,sex\n"
# what is sent, and the exit code that shows that it failed in the way it is here for
FILES: dict[str, tuple[Make, int]] = {
    "words in every column, CSV": (csvs(everywhere(WORD)), 2),
    "words in every column, JSON": (as_json(everywhere(WORD)), 2),
    "words in every column, workbook": (workbook(everywhere(WORD)), 2),
    "numbers in every column": (csvs(everywhere(f"{NUMBER}.25")), 2),
    "numbers with a decimal comma": (csvs(everywhere(f"{NUMBER},25")), 2),
    "numbers with a unit": (csvs(everywhere(f"{NUMBER} kg")), 2),
    "dates in every column": (csvs(everywhere(f"{NUMBER}-01-02")), 2),
    "formulas in every column": (csvs(everywhere(f"={WORD}(1)")), 2),
    "long cells in every column": (csvs(everywhere(WORD * 2000)), 2),
    "line breaks in every column": (csvs(everywhere(f"{WORD}\n{WORD}")), 2),
    "an e-mail address in every column": (csvs(everywhere(f"{WORD}@clinic.example.org")), 2),
    "a person's name in every column": (csvs(everywhere(f"Mrs Ana {WORD.title()}")), 2),
    "a column that identifies": (raw(f"case_id,patient_name\n{CASE},{WORD}\n"), 2),
    "a column nobody knows": (raw(f"case_id,{WORD}\n{CASE},{WORD}\n"), 2),
    "a header twice": (raw(f"case_id,sex,sex\n{CASE},{WORD},{WORD}\n"), 2),
    "a cell too many": (raw(f"{HEAD}{CASE},{WORD},{WORD}\n"), 2),
    "an open quote": (raw(f'{HEAD}{CASE},"{WORD}\n'), 2),
    "another code page": (raw(HEAD.encode() + f"{CASE},{WORD}ö\n".encode("cp1252")), 2),
    "a NUL": (raw(f"{HEAD}{CASE},{WORD}\0\n"), 2),
    "JSON that is none": (raw(f'{{"patient": [{WORD}', "cases.json"), 2),
    "JSON with a key twice": (raw(f'{{"patient": [{{"{WORD}": 1, "{WORD}": 2}}]}}', "c.json"), 2),
    "JSON deeper than a cell": (raw(f'{{"patient": [{{"sex": ["{WORD}"]}}]}}', "c.json"), 2),
    "JSON of an unknown form": (raw(f'{{"{WORD}": [{{"a": "{WORD}"}}]}}', "c.json"), 2),
    "a damaged workbook": (raw(b"PK\x03\x04" + WORD.encode() * 100, "cases.xlsx"), 2),
    "an unknown sheet": (workbook(good(), lambda b: b.create_sheet(WORD).append([WORD])), 2),
    "a property": (workbook(good(), lambda b: setattr(b.properties, "creator", f"Dr {WORD}")), 0),
    "an Excel error beside": (workbook(good(), cell("conmed", "B2", "#REF!")), 2),
    "rules across items fail": (template(good(weight_kg=float(NUMBER[:3]), height_cm=61)), 2),
    "a row twice": (csvs({"patient": [{"case_id": CASE, "sex": s} for s in ("male", "female")]}), 2),
    "another center's row": (raw(f"case_id,center_id,sex\n{CASE},{WORD.upper()},female\n"), 2),
}  # fmt: skip
ALWAYS = {"words in every column, CSV", "a person's name in every column"}


@dataclass
class Traces:
    """Everything that was said or logged, and what Great Expectations answered."""

    said: dict[str, str] = field(default_factory=dict)
    answers: list[str] = field(default_factory=list)

    def with_canary(self, *canaries: str) -> list[str]:
        texts = {**self.said, **{f"GX {n}": a for n, a in enumerate(self.answers)}}
        return [where for where, words in texts.items() if has(words.encode(), *canaries)]


def has(content: bytes, *canaries: str) -> bool:
    return any(canary.casefold().encode() in content.lower() for canary in canaries)


@pytest.fixture
def traces(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Traces:
    """Listens to Great Expectations, and gives temporary files a folder that can be searched."""
    kept, ask = Traces(), checks._report

    def listen(*given: Any) -> dict[str, Any]:
        found = ask(*given)
        kept.answers += [str(result.to_json_dict()) for result in found.values()]
        return found

    monkeypatch.setattr(checks, "_report", listen)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return kept


@pytest.fixture
def mst(
    traces: Traces,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., int]:
    """The command as it is called; keeps what it says and logs under a name, returns its exit code."""
    caplog.set_level(logging.DEBUG)

    def run(name: str, *words: object) -> int:
        capfd.readouterr()
        monkeypatch.setattr(sys, "argv", ["mst", *map(str, words)])
        caplog.clear()
        code = 0
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        out, err = capfd.readouterr()
        traces.said |= {f"{name}: output": out, f"{name}: errors": err, f"{name}: log": caplog.text}
        return code

    return run


def files_with(folder: Path, *canaries: str) -> list[Path]:
    """Files that are not the data themselves: neither database nor release nor warehouse."""
    data = (".parquet", ".duckdb")
    return [
        path for path in folder.rglob("*")
        if path.is_file() and path.suffix not in data
        and "postgres" not in path.relative_to(folder).parts[:1]
        and has(path.read_bytes() + path.name.encode(), *canaries)
    ]  # fmt: skip


@pytest.mark.requirement("DEID-09", "UPL-14")
@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[pytest.mark.long] * (n not in ALWAYS)) for n in FILES]
)
def test_no_kind_of_bad_file_leaves_a_canary(
    empty_database: None, traces: Traces, mst: Callable[..., int], tmp_path: Path, name: str
) -> None:
    make, code = FILES[name]
    (tmp_path / "sent").mkdir()
    assert mst(name, "submit", make(tmp_path / "sent"), "--center", CENTER) == code
    assert any(traces.said.values()), "the person is told something"
    # who sends a case may be told its pseudonym, in the answer but in no log; nobody is told a value
    assert traces.with_canary(WORD, NUMBER) == []
    assert not has(traces.said[f"{name}: log"].encode(), CASE)
    assert files_with(home(), WORD, NUMBER, CASE) == []
    assert files_with(tmp_path / "temporary", WORD, NUMBER, CASE) == []
    with store.engine("mst_reader").connect() as session:
        told = session.execute(text("select finding::text from registry.finding")).scalars().all()
    assert [words for words in told if has(words.encode(), WORD, NUMBER)] == []


@pytest.mark.long
def test_great_expectations_is_listened_to(
    empty_database: None, traces: Traces, mst: Callable[..., int], tmp_path: Path
) -> None:
    make, _ = FILES["rules across items fail"]
    mst("rules", "check", make(tmp_path), "--center", CENTER)
    assert traces.answers


@pytest.mark.long
def test_no_fault_of_the_registry_leaves_a_canary(
    empty_database: None,
    traces: Traces,
    mst: Callable[..., int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = template(good())(tmp_path)
    send = ("submit", path, "--center", CENTER)
    codes = {}
    with forbidden("insert on crf.conmed"):
        codes["the database refuses a row"] = mst("refused", *send)
    with forbidden("insert on registry.receipt"):
        codes["the database refuses the last step"] = mst("last step", *send)
    with at_version("9999"):
        codes["the database is of another version"] = mst("version", *send)
    with monkeypatch.context() as broken:
        broken.setenv("MST_DATABASE_URL", f"postgresql://{WORD}@127.0.0.1:1/{WORD}")
        codes["the database is gone"] = mst("gone", *send)
    with monkeypatch.context() as broken:
        broken.setattr("registry.intake.submit.stage", a_bug)
        codes["a bug with a value in its words"] = mst("bug", *send)
    with monkeypatch.context() as broken:
        broken.setattr(checks, "_rows_of", a_bug)
        trip = template(good(weight_kg=float(NUMBER[:3]), height_cm=61))
        (tmp_path / "trip").mkdir()
        codes["a bug in the checks"] = mst(
            "checks", "check", trip(tmp_path / "trip"), "--center", CENTER
        )
    assert codes == {
        "the database refuses a row": 70, "the database refuses the last step": 70,
        "the database is of another version": 5, "the database is gone": 5,
        "a bug with a value in its words": 70, "a bug in the checks": 70,
    }  # fmt: skip
    assert traces.with_canary(WORD, NUMBER, CASE) == []
    assert files_with(home(), WORD, NUMBER, CASE) == []
    assert files_with(tmp_path / "temporary", WORD, NUMBER, CASE) == []


def a_bug(*_: object, **__: object) -> None:
    raise ValueError(f"{CASE} {WORD} {NUMBER}")


@contextmanager
def forbidden(right: str) -> Iterator[None]:
    """The application without one of its rights, as a botched migration would leave it."""
    with store.engine("mst_owner").begin() as session:
        session.execute(text(f"revoke {right} from mst_app"))
    try:
        yield
    finally:
        with store.engine("mst_owner").begin() as session:
            session.execute(text(f"grant {right} to mst_app"))


@pytest.mark.long
def test_a_failed_build_leaves_no_canary(
    traces: Traces, mst: Callable[..., int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row that breaks dbt's tests: dbt would keep failing rows, and print compiled statements."""
    monkeypatch.setenv("MST_HOME", str(tmp_path / "state"))
    twice = together([good(), good()])
    write_release(home() / "releases" / "twice", twice)
    said: list[str] = []
    with pytest.raises(Exception, match="unique_grain") as failed:
        build(home() / "releases" / "twice", home(), progress=said.append)
    assert not has(" ".join([*said, str(failed.value)]).encode(), WORD, NUMBER, CASE)
    assert files_with(home(), WORD, NUMBER, CASE) == []
    assert files_with(Path(__file__).resolve().parents[2] / "dbt", WORD, NUMBER, CASE) == []
    assert files_with(tmp_path / "temporary", WORD, NUMBER, CASE) == []


def a_page(name: str, center: str) -> str:
    """Everything a page of the portal shows to the coordinator of a center."""

    def script(name: str, center: str) -> None:
        from importlib import import_module

        from registry.access.rights import Person, Role

        page = import_module(f"dashboards.portal.{name}")
        page.page(Person("someone", Role.COORDINATOR, center))

    shown = AppTest.from_function(
        script, kwargs={"name": name, "center": center}, default_timeout=60
    )
    shown.run()
    assert not shown.exception
    tables = [frame.value.to_csv() for frame in shown.dataframe]
    return " ".join([repr(shown.main), *tables])


@pytest.mark.long
def test_the_pages_of_another_center_show_no_canary(
    empty_database: None, mst: Callable[..., int], tmp_path: Path
) -> None:
    path = template(good(weight_kg=float(NUMBER[:3]), height_cm=61))(tmp_path)
    assert mst("sent", "submit", path, "--center", CENTER) == 2
    own = " ".join(a_page(name, CENTER) for name in PAGES)
    other = " ".join(a_page(name, "K02") for name in PAGES)
    assert has(own.encode(), CASE), "the search finds what its own center may see"
    assert not has(other.encode(), WORD, CASE)


PAGES = ("start", "queries_page", "cases_page", "submissions")


def test_the_search_finds_what_is_there(empty_database: None, tmp_path: Path) -> None:
    (tmp_path / "log").write_text(f"value {WORD.upper()}")
    (tmp_path / "rows.parquet").write_text(WORD)
    assert files_with(tmp_path, WORD) == [tmp_path / "log"]
    assert Traces({"a": WORD}, [NUMBER]).with_canary(WORD, NUMBER) == ["a", "GX 0"]
