"""One browser and one pair of dashboards for all pages."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from registry.serving import start
from tests.browser.walk import PATIENCE_MS
from tests.demonstration import Demonstration

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    assert chromium, "make test installs Debian's chromium; it is missing"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


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
