"""How a person walks the pages."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "images"
PICTURE_WIDTH = 1300

# Streamlit starts to run a page shortly after the key or click that asks for it
BEGUN_MS = 400


def sign_in(page: Page, url: str, username: str, password: str) -> None:
    page.goto(url)
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def settled(page: Page) -> None:
    """Wait until the page is drawn: until then an element may be replaced under the pointer."""
    page.wait_for_timeout(BEGUN_MS)
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_attached()


def chart(page: Page) -> Locator:
    return page.locator(".stVegaLiteChart canvas, .stVegaLiteChart svg")


def no_fault(page: Page) -> None:
    """Nothing failed, and nothing but tables, which scroll, is wider than the page."""
    assert page.get_by_test_id("stException").count() == 0
    too_wide = page.evaluate(
        """() => [...document.querySelectorAll('[data-testid=stMainBlockContainer] *')]
        .filter(e => !e.closest('[data-testid=stDataFrame]'))
        .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 2)
        .map(e => e.className)"""
    )
    assert too_wide == []


def picture(page: Page, name: str, height: int) -> None:
    """With MST_WRITE_PICTURES=1, keep what a wide screen shows as a picture for the documentation."""
    if os.environ.get("MST_WRITE_PICTURES") and page.viewport_size:
        before = page.viewport_size
        if before["width"] < PICTURE_WIDTH:
            return
        page.set_viewport_size({"width": PICTURE_WIDTH, "height": height})
        page.mouse.move(PICTURE_WIDTH - 1, 1)
        page.wait_for_timeout(1_500)
        page.screenshot(path=str(PICTURES / f"{name}.png"))
        page.set_viewport_size(before)


def open_page(page: Page, name: str) -> None:
    page.get_by_role("link", name=name).first.click()
    settled(page)


def choose(page: Page, label: str, words: str) -> None:
    """Type into a list and take the first that fits."""
    box = page.get_by_role("combobox", name=label)
    box.click()
    box.fill(words)
    page.keyboard.press("Enter")
    settled(page)
