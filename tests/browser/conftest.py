"""One browser and one pair of dashboards for all pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from registry.serving import start
from tests.chromium import PATIENCE_MS, free_port
from tests.demonstration import Demonstration


@pytest.fixture(scope="package")
def served(demonstration: Demonstration) -> Iterator[dict[str, str]]:
    ports = {which: free_port() for which in ("portal", "public")}
    running = [start(which, port) for which, port in ports.items()]
    yield {which: f"http://127.0.0.1:{port}" for which, port in ports.items()}
    for process in running:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1300, "height": 1600})
    opened.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    said = heard(opened)
    yield opened
    opened.close()
    assert said == []


def heard(page: Page) -> list[str]:
    """What the browser's console says of errors, filled while the page is walked."""
    said: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error":
            said.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said
