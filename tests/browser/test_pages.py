"""The pages as a person sees them, in a real browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from registry import consensus
from registry.access.accounts import add_account
from registry.access.rights import Role
from tests.browser.walk import chart, choose, no_fault, open_page, sign_in
from tests.chromium import PATIENCE_MS
from tests.demonstration import Demonstration


def test_a_wrong_password_opens_nothing(
    page: Page, served: dict[str, str], demonstration: Demonstration
) -> None:
    sign_in(page, served["portal"], demonstration.username, "not the password")
    expect(page.get_by_text("User name or password is wrong.")).to_be_visible()
    assert page.get_by_text("Send data of").count() == 0


def test_a_coordinator_uploads_reads_a_finding_and_sees_results(
    page: Page, served: dict[str, str], demonstration: Demonstration, tmp_path: Path
) -> None:
    sign_in(page, served["portal"], demonstration.username, demonstration.password)
    open_page(page, "Send data")
    expect(page.get_by_role("heading", name="Send data of C12")).to_be_visible()
    page.locator("input[type=file]").set_input_files(str(demonstration.home / "demo" / "C12.xlsx"))
    expect(page.get_by_text("Held until fixed")).to_be_visible()
    expect(page.get_by_text("must be fixed before the case is accepted")).to_be_visible()
    finding = page.get_by_test_id("stDataFrame").first.locator(
        "tr", has_text="sex is not one of its codes."
    )
    expect(finding).to_contain_text("C12-0001patientC2")
    expect(finding).to_contain_text("Write one of: female, male.")
    assert page.get_by_test_id("stException").count() == 0
    page.screenshot(path=str(tmp_path / "upload.png"), full_page=True)

    page.get_by_role("link", name="Outcomes").click()
    expect(page.get_by_role("heading", name="Outcomes")).to_be_visible()
    expect(chart(page).first).to_be_visible()
    no_fault(page)


def look_at(page: Page, recommendation: str) -> None:
    page.get_by_role("radio", name="One recommendation").click()
    choose(page, "Recommendation", recommendation)
    title = consensus.load().get(recommendation).title
    expect(page.get_by_role("heading", name=f"{recommendation} {title}")).to_be_visible()


JUDGED = consensus.load().judged()
HEADLINE = next(e for e in JUDGED if e.headline)
SEVERAL = next(e for e in JUDGED if e.subject == "infusion" and len(e.readings) > 1)
REGISTRY_DEFINED = next(e for e in JUDGED if e.registry_defined and e.subject == "course")
OPTION = next(e for e in JUDGED if e.kind == "option")


def test_a_coordinator_reads_adherence_of_the_own_center(
    page: Page, served: dict[str, str], demonstration: Demonstration
) -> None:
    sign_in(page, served["portal"], demonstration.username, demonstration.password)
    expect(page.get_by_role("heading", name="Center C12")).to_be_visible()
    open_page(page, "Adherence")
    expect(page.get_by_role("heading", name="Adherence to the consensus")).to_be_visible()
    bar = page.locator(".mst-bar", has_text=HEADLINE.id).first
    expect(bar).to_contain_text(HEADLINE.title)
    expect(bar).to_contain_text("C12: ")
    expect(bar).to_contain_text("Registry: ")
    assert page.get_by_role("combobox", name="Center").count() == 0
    no_fault(page)

    page.get_by_text("Options", exact=True).click()
    option = page.locator(".mst-bar", has_text=OPTION.id).first
    expect(option).to_contain_text(OPTION.title)
    expect(option.locator(".mst-data")).not_to_contain_text(re.compile(r"\b(met|deviated)\b"))
    no_fault(page)


def cells_of_the_rows(page: Page) -> list[str]:
    """The cells of the last table once it shows cases; the page may draw it more than once."""
    for _ in range(PATIENCE_MS // 250):
        cells = page.get_by_test_id("stDataFrame").last.locator("td").all_inner_texts()
        if any(re.fullmatch(r"C\d\d-\d{4}", cell) for cell in cells):
            return cells
        page.wait_for_timeout(250)
    raise AssertionError("no table with cases was shown")


def test_a_coordinator_sees_the_rows_of_no_other_center(
    page: Page, served: dict[str, str], demonstration: Demonstration
) -> None:
    sign_in(page, served["portal"], demonstration.username, demonstration.password)
    expect(page.get_by_role("heading", name="Center C12")).to_be_visible()
    open_page(page, "Adherence")
    look_at(page, SEVERAL.id)
    for reading in SEVERAL.readings:
        expect(page.get_by_text(f"Reading {reading.name}").first).to_be_visible()
    cells = cells_of_the_rows(page)
    centers = {cell for cell in cells if re.fullmatch(r"C\d\d", cell)}
    assert centers == {"C12"}
    cases = [cell for cell in cells if re.fullmatch(r"C\d\d-\d{4}", cell)]
    assert cases
    assert all(case.startswith("C12-") for case in cases)
    no_fault(page)


def test_a_steward_searches_the_table_and_sees_rows_of_every_center(
    page: Page, served: dict[str, str], demonstration: Demonstration
) -> None:
    add_account("stella", demonstration.password, Role.STEWARD, None)
    sign_in(page, served["portal"], "stella", demonstration.password)
    expect(page.get_by_role("heading", name="Adherence to the consensus")).to_be_visible()
    page.get_by_role("radio", name="Table").click()
    search = page.get_by_role(
        "textbox", name="Search"
    )  # the table's own toolbar has a button of that name
    search.fill(SEVERAL.title)
    search.press("Enter")
    expect(page.get_by_text("1 rows.")).to_be_visible()
    expect(page.get_by_test_id("stDataFrame").locator("td", has_text=SEVERAL.id)).to_be_attached()
    look_at(page, SEVERAL.id)
    rows = page.get_by_test_id("stDataFrame").last
    expect(rows.locator("td", has_text="C01-").first).to_be_attached()
    no_fault(page)


def test_an_analyst_reads_words_and_numbers_and_no_single_case(
    page: Page, served: dict[str, str], demonstration: Demonstration
) -> None:
    add_account("anton", demonstration.password, Role.ANALYST, None)
    sign_in(page, served["portal"], "anton", demonstration.password)
    expect(page.get_by_role("heading", name="Adherence to the consensus")).to_be_visible()
    look_at(page, REGISTRY_DEFINED.id)
    expect(page.get_by_text("Registry-defined, not from the paper.")).to_be_visible()
    expect(page.get_by_text("worked examples")).to_be_visible()
    expect(page.get_by_text("Single cases are shown to their own center")).to_be_visible()
    assert page.locator("td", has_text=re.compile(r"^C\d\d-")).count() == 0
    no_fault(page)

    open_page(page, "Figures")
    expect(page.get_by_role("heading", name="Figures", exact=True)).to_be_visible()
    expect(page.get_by_text("Published:").first).to_be_visible()
    expect(page.get_by_text("trust: low").first).to_be_visible()
    no_fault(page)


@pytest.mark.parametrize("width", [1300, 400])
def test_the_public_page_shows_adherence_figures_and_survival(
    page: Page, served: dict[str, str], width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 1600})
    page.goto(served["public"])
    expect(
        page.get_by_role("heading", name="How practice compares with the consensus")
    ).to_be_visible()
    expect(page.locator(".mst-bar", has_text=HEADLINE.id).first).to_contain_text(HEADLINE.title)
    expect(page.get_by_role("heading", name="Figures, and what was published")).to_be_visible()
    expect(page.get_by_role("heading", name="Survival", exact=True)).to_be_visible()
    expect(chart(page).nth(1)).to_be_visible()
    assert "C12" not in page.inner_text("body")
    no_fault(page)


def test_adherence_fits_a_phone(
    page: Page, served: dict[str, str], demonstration: Demonstration
) -> None:
    page.set_viewport_size({"width": 400, "height": 900})
    sign_in(page, served["portal"], demonstration.username, demonstration.password)
    expect(page.get_by_role("heading", name="Center C12")).to_be_visible()
    page.get_by_test_id("stExpandSidebarButton").click()
    open_page(page, "Adherence")
    expect(page.locator(".mst-bar", has_text=HEADLINE.id).first).to_be_visible()
    no_fault(page)
