"""The pages as a person sees them, in a real browser."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from registry.serving import start
from tests.demonstration import Demonstration

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # fmt: skip
PATIENCE_MS = 90_000


@pytest.fixture(scope="module")
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


@pytest.fixture(scope="module")
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


def sign_in(page: Page, url: str, username: str, password: str) -> None:
    page.goto(url)
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


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
    expect(page.get_by_role("heading", name="Send data of C12")).to_be_visible()
    page.locator("input[type=file]").set_input_files(str(demonstration.home / "demo" / "C12.xlsx"))
    expect(page.get_by_text("Held until fixed")).to_be_visible()
    expect(page.get_by_text("must be fixed before the case is accepted")).to_be_visible()
    finding = page.get_by_test_id("stDataFrame").first.locator(
        "tr", has_text="sex is not one of its codes."
    )
    expect(finding).to_contain_text("C12-0001patientC2sex")
    expect(finding).to_contain_text("Write one of: female, male.")
    assert page.get_by_test_id("stException").count() == 0
    page.screenshot(path=str(tmp_path / "upload.png"), full_page=True)

    page.get_by_role("link", name="Adherence").click()
    expect(page.get_by_role("heading", name="Adherence to the consensus")).to_be_visible()
    expect(page.locator(".stVegaLiteChart canvas, .stVegaLiteChart svg").first).to_be_visible()

    page.get_by_role("link", name="Outcomes").click()
    expect(page.get_by_role("heading", name="Outcomes")).to_be_visible()
    expect(page.locator(".stVegaLiteChart canvas, .stVegaLiteChart svg").first).to_be_visible()
    assert page.get_by_test_id("stException").count() == 0


def test_the_public_page_shows_adherence_and_survival(page: Page, served: dict[str, str]) -> None:
    page.goto(served["public"])
    expect(
        page.get_by_role("heading", name="How practice compares with the consensus")
    ).to_be_visible()
    expect(page.get_by_role("heading", name="Survival")).to_be_visible()
    expect(page.locator(".stVegaLiteChart canvas, .stVegaLiteChart svg").nth(1)).to_be_visible()
    assert page.get_by_test_id("stException").count() == 0
