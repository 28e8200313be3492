"""A new coordinator: template, two cases, five mistakes, correction in the returned workbook, receipt.

With MST_WRITE_PICTURES=1 every step is kept as a picture (`walk.picture`).
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import openpyxl
from playwright.sync_api import Download, Page, expect

from registry.access.accounts import add_account
from registry.access.rights import Role
from registry.intake.signature import verify
from registry.lifecycle.cases import case_list
from registry.queries import open_queries
from tests.browser.walk import choose, no_fault, open_page, picture, settled, sign_in
from tests.cases import as_cells, tidy_case
from tests.demonstration import Demonstration

CENTER = "C80"

# sheet, row, column: what the coordinator typed, and what it should have been
MISTAKES: dict[tuple[str, int, str], tuple[Any, Any]] = {
    ("patient", 2, "weight_kg"): ("61,5", 61.5),
    ("patient", 3, "sex"): ("F", "female"),
    ("infusion", 2, "infusion_day"): (3, 12),
    ("hla", 2, "allele_1"): ("A0201", "A*02:01"),
    ("donor", 2, "age_years"): (66, 40),
}


def content(download: Download) -> bytes:
    return Path(download.path()).read_bytes()


def cell_of(book: Any, sheet: str, row: int, column: str) -> Any:
    headers = {cell.value: cell.column for cell in book[sheet][1]}
    return book[sheet].cell(row, headers[column])


def filled(template: bytes) -> Any:
    """The template with two cases in it, typed below its example rows, with five mistakes."""
    book = openpyxl.load_workbook(io.BytesIO(template))
    for case in ("P001", "P002"):
        for form, entries in as_cells(tidy_case(CENTER, case)).items():
            sheet = book[form]
            headers = [cell.value for cell in sheet[1]]
            for entry in entries:
                row = next(
                    r for r in range(2, 5_000) if sheet.cell(r, 2).value in (None, "EXAMPLE")
                )
                for number, name in enumerate(headers, start=1):
                    value = entry.get(name)
                    value = {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
                    sheet.cell(row, number).value = value
    for (sheet, row, column), (wrong, _) in MISTAKES.items():
        cell_of(book, sheet, row, column).value = wrong
    return book


def send(page: Page, path: Path) -> None:
    page.locator("input[type=file]").set_input_files(str(path))


def test_from_the_template_to_the_receipt(
    page: Page, served: dict[str, str], demonstration: Demonstration, tmp_path: Path
) -> None:
    page.set_viewport_size({"width": 1300, "height": 950})
    add_account("nora", demonstration.password, Role.COORDINATOR, CENTER)
    sign_in(page, served["portal"], "nora", demonstration.password)
    expect(page.get_by_role("heading", name=f"Center {CENTER}")).to_be_visible()
    picture(page, "journey-1-start", 950)
    with page.expect_download() as template:
        page.get_by_role("button", name="Workbook (.xlsx)").click()
    no_fault(page)

    first = tmp_path / "cases.xlsx"
    filled(content(template.value)).save(first)
    open_page(page, "Send data")
    send(page, first)
    expect(page.get_by_text("Preview: held")).to_be_visible()
    findings = page.get_by_test_id("stDataFrame").first
    for words in (
        "weight_kg has a comma",
        "sex is not one of its codes",
        "before day 1 of its course",
    ):
        expect(findings.locator("tr", has_text=words)).to_be_attached()
    picture(page, "journey-2-preview", 950)
    no_fault(page)

    page.get_by_role("button", name="Prepare my workbook").click()
    with page.expect_download() as returned:
        page.get_by_role("button", name="Download my workbook").click()
    book = openpyxl.load_workbook(io.BytesIO(content(returned.value)))
    assert "comma" in cell_of(book, "patient", 2, "weight_kg").comment.text
    listed = {str(cell.value) for row in book["Findings"].iter_rows() for cell in row}
    assert any("comma" in words for words in listed)

    for (sheet, row, column), (_, right) in list(MISTAKES.items())[:4]:
        cell_of(book, sheet, row, column).value = right
    second = tmp_path / "cases-corrected.xlsx"
    book.save(second)
    open_page(page, "Start")
    expect(page.get_by_role("heading", name=f"Center {CENTER}")).to_be_visible()
    open_page(page, "Send data")
    send(page, second)
    expect(page.get_by_text("Preview: accepted")).to_be_visible()
    picture(page, "journey-3-corrected", 950)
    page.get_by_role("button", name="Store").click()
    expect(page.get_by_text("Submission").first).to_be_visible()
    with page.expect_download() as receipt:
        page.get_by_role("button", name="Download the receipt").click()
    picture(page, "journey-4-stored", 950)
    kept = tmp_path / "receipt.json"
    kept.write_bytes(content(receipt.value))
    assert verify(kept, second) == []
    assert json.loads(kept.read_text())["accepted"] > 100
    assert {c.case_id: c.status for c in case_list(CENTER)} == {"P001": "in query", "P002": "clean"}
    no_fault(page)

    answer_the_query(page)
    open_page(page, "Cases")
    expect(page.get_by_role("heading", name=f"Cases of {CENTER}")).to_be_visible()
    picture(page, "journey-6-cases", 950)
    withdraw_one(page)
    open_page(page, "Receipts")
    expect(page.get_by_role("heading", name=f"Receipts of {CENTER}")).to_be_visible()
    no_fault(page)


def answer_the_query(page: Page) -> None:
    """The donor's age is unusual for a child of the patient, and right: confirmed as is."""
    (query, *more) = open_queries(CENTER)
    assert (query.column, more) == ("age_years", [])
    open_page(page, "Queries")
    expect(page.get_by_role("heading", name=f"Queries to {CENTER}")).to_be_visible()
    table = page.get_by_test_id("stDataFrame").first
    table.click(position={"x": 18, "y": 55})
    expect(page.get_by_text(f"Query {query.query_id}, case P001")).to_be_visible()
    choose(page, "Answer this query", "confirmed")
    picture(page, "journey-5-query", 950)
    page.get_by_role("button", name="Answer").click()
    expect(page.get_by_text("No open queries.")).to_be_visible()
    assert {c.case_id: c.status for c in case_list(CENTER)}["P001"] == "clean"


def withdraw_one(page: Page) -> None:
    choose(page, "Show the case", "P002")
    page.get_by_text("The patient has withdrawn consent").click()
    reason = page.get_by_role("textbox", name="Reason")
    reason.fill("consent withdrawn in writing")
    reason.blur()  # the hint below it goes, and the button moves up
    settled(page)
    page.get_by_role("button", name="Withdraw the case").click()
    expect(page.get_by_text("now withdrawn")).to_be_visible()
    assert {c.case_id: c.status for c in case_list(CENTER)}["P002"] == "withdrawn"


def test_every_page_of_a_coordinator_fits_a_phone(
    page: Page, served: dict[str, str], demonstration: Demonstration
) -> None:
    page.set_viewport_size({"width": 400, "height": 900})
    sign_in(page, served["portal"], demonstration.username, demonstration.password)
    for name, heading in (
        ("Start", "Center C12"), ("Send data", "Send data of C12"), ("Queries", "Queries to C12"),
        ("Cases", "Cases of C12"), ("Receipts", "Receipts of C12"),
    ):  # fmt: skip
        expect(page.get_by_role("link", name=name).first).to_be_attached()
        page.wait_for_timeout(1_500)  # the sidebar slides away, or is there already
        if page.get_by_test_id("stExpandSidebarButton").is_visible():
            page.get_by_test_id("stExpandSidebarButton").click()
        open_page(page, name)
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        no_fault(page)


def test_a_steward_sees_how_queries_go_and_asks_one(
    page: Page, served: dict[str, str], demonstration: Demonstration
) -> None:
    add_account("steve", demonstration.password, Role.STEWARD, None)
    sign_in(page, served["portal"], "steve", demonstration.password)
    open_page(page, "Query work")
    expect(page.get_by_role("heading", name="Query work")).to_be_visible()
    expect(page.get_by_text("What each rule yields")).to_be_visible()
    picture(page, "journey-7-query-work", 900)
    no_fault(page)
