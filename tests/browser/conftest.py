"""One browser and one pair of dashboards for all pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from registry.serving import start
from tests.chromium import PATIENCE_MS, free_port
from tests.demonstration import Demonstration


@pytest.fixture(scope="session")
def served(demonstration: Demonstration) -> Iterator[dict[str, str]]:
    ports = {which: free_port() for which in ("portal", "public")}
    running = [start(which, port) for which, port in ports.items()]
    yield {which: f"http://127.0.0.1:{port}" for which, port in ports.items()}
    for process in running:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1280, "height": 1600})
    opened.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    yield opened
    opened.close()
