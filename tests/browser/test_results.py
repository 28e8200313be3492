"""The pages of results on a wide screen and on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from registry import consensus
from registry.access.accounts import add_account
from registry.access.rights import Role
from tests.browser.conftest import heard
from tests.browser.walk import chart, choose, no_fault, picture, settled, sign_in
from tests.demonstration import Demonstration


def turn_to(page: Page, name: str) -> None:
    """Open a page of the menu, which a phone hides, and which hides the page of a phone."""
    link = page.get_by_role("link", name=name, exact=True).first
    expect(link).to_be_attached()
    page.wait_for_timeout(1_000)  # the sidebar slides away, or is there already
    if page.get_by_test_id("stExpandSidebarButton").is_visible():
        page.get_by_test_id("stExpandSidebarButton").click()
    link.click()
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    settled(page)
    if page.viewport_size and page.viewport_size["width"] < 800:
        page.get_by_test_id("stSidebarCollapseButton").locator("button").click()
        expect(page.get_by_test_id("stExpandSidebarButton")).to_be_visible()


@pytest.mark.parametrize("width", [1300, pytest.param(400, marks=pytest.mark.long)])
def test_a_steward_walks_the_pages_of_results(
    page: Page, served: dict[str, str], demonstration: Demonstration, width: int
) -> None:
    add_account(f"rita{width}", demonstration.password, Role.STEWARD, None)
    page.set_viewport_size({"width": width, "height": 1600})
    sign_in(page, served["portal"], f"rita{width}", demonstration.password)
    expect(page.get_by_role("heading", name="Adherence to the consensus")).to_be_visible()
    page.get_by_role("radio", name="All centers").click()
    expect(page.get_by_text("Percent of those judged")).to_be_visible()
    expect(chart(page).first).to_be_visible()
    no_fault(page)
    picture(page, "results-matrix", 950)

    turn_to(page, "Benchmarks")
    expect(page.get_by_role("heading", name="Shares, in percent")).to_be_visible()
    expect(chart(page).nth(1)).to_be_visible()
    for benchmark in consensus.benchmarks():
        expect(page.locator(".mst-bar", has_text=benchmark.id).first).to_be_attached()
    no_fault(page)
    picture(page, "results-benchmarks", 950)

    turn_to(page, "Centers")
    expect(page.get_by_role("heading", name="Ratio of hazards against all")).to_be_visible()
    expect(chart(page).nth(1)).to_be_visible()
    no_fault(page)
    picture(page, "results-centers", 1250)

    turn_to(page, "Cohorts")
    choose(
        page,
        "Begin with",
        "What becomes of elderly patients whose leukaemia is not of favorable risk?",
    )
    page.get_by_role("button", name="Begin", exact=True).click()
    expect(page.get_by_role("heading", name="Who is left: adverse-risk")).to_be_visible()
    expect(page.get_by_text("No curve is drawn")).not_to_be_visible()
    expect(chart(page).first).to_be_visible()
    no_fault(page)
    picture(page, "results-cohort", 1500)

    turn_to(page, "HLA and KIR")
    expect(page.get_by_text("Exploratory.", exact=False).first).to_be_visible()
    expect(chart(page).nth(1)).to_be_visible()
    picture(page, "results-hla-kir", 1500)
    choose(page, "Divided by", "missing KIR ligand")
    expect(chart(page).nth(3)).to_be_visible()
    no_fault(page)

    turn_to(page, "Ask a question")
    expect(page.get_by_text("the cohort adverse-risk")).to_be_visible()
    choose(page, "Divided by", "sex")
    expect(chart(page).nth(1)).to_be_visible()
    picture(page, "results-question", 1300)
    choose(page, "Divided by", "number of MST consolidations")
    expect(page.get_by_text("immortal time")).to_be_visible()
    page.get_by_text("on a landmark day").click()
    expect(page.get_by_text("Patients still at risk 180 days after the start")).to_be_visible()
    expect(chart(page).nth(1)).to_be_visible()
    choose(page, "Endpoint", "relapse")
    expect(page.get_by_text("below the whole line: relapse")).to_be_visible()
    no_fault(page)

    turn_to(page, "One case")
    choose(page, "Center", "C01")
    choose(page, "Case", "C01-0001")
    expect(page.get_by_role("heading", name=re.compile("C01, C01-0001"))).to_be_visible()
    expect(chart(page).first).to_be_visible()
    no_fault(page)
    picture(page, "results-case", 950)


@pytest.mark.parametrize("width", [1300, 400])
def test_the_public_page_explains_and_offers_its_tables(
    page: Page, served: dict[str, str], width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 1600})
    page.goto(served["public"])
    expect(page.get_by_role("heading", name="Take the numbers away")).to_be_visible()
    for name in ("Relapse, and death without relapse", "Safety", "Traces of donor cells"):
        expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    picture(page, "results-public", 1500)
    page.get_by_text("How to read a survival curve").click()
    expect(page.get_by_text("starts with everybody")).to_be_visible()
    with page.expect_download() as taken:
        page.get_by_role("button", name="survival", exact=True).click()
    assert taken.value.suggested_filename == "public_survival.csv"
    no_fault(page)


def test_the_walks_hear_what_the_console_says(browser: Browser) -> None:
    page = browser.new_page()
    said = heard(page)
    page.evaluate("console.log('nothing')")
    page.evaluate("console.error('a fault')")
    page.evaluate("setTimeout(() => { throw new Error('thrown') })")
    page.wait_for_timeout(200)
    page.close()
    assert said == ["a fault", "thrown"]
