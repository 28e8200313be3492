"""The local page as a coordinator uses it, in a real browser (the words are the command's)."""

from __future__ import annotations

import os
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from registry.deidentify.keyfile import open_key
from registry.serving import command
from registry.synthetic import cohort
from tests.chromium import PATIENCE_MS, free_port
from tests.deidentify.hospital import example

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    port = free_port()
    kept = {k: v for k, v in os.environ.items() if k not in ("MST_HOME", "MST_DATABASE_URL")}
    process = subprocess.Popen(
        command("center", port), env=kept, cwd=ROOT,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    deadline = time.monotonic() + 90
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2).close()
            break
        except OSError:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.3)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(timeout=20)


@pytest.fixture(params=[1300, pytest.param(400, marks=pytest.mark.long)])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": request.param, "height": 1400})
    opened.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    yield opened
    opened.close()


def test_from_the_hospitals_file_to_the_submission(page: Page, served: str, tmp_path: Path) -> None:
    make = example()
    book = make.write(tmp_path / "h.xlsx", make.identified(make.of_one_center(cohort(5, 1)), 1))
    make.side_channels(book)
    book.save(tmp_path / "fixed.xlsx")
    make.spoil(book)
    book.save(tmp_path / "hospital.xlsx")

    page.goto(served)
    page.get_by_label("Key file").fill(str(tmp_path / "site.key"))
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Make a new key").click()
    expect(page.get_by_text("is open: computed with a key")).to_be_visible()
    assert (tmp_path / "site.key").stat().st_mode & 0o777 == 0o600
    snapshot(page, tmp_path, "key")

    page.locator("input[type=file]").set_input_files(str(tmp_path / "hospital.xlsx"))
    expect(page.get_by_text("Not yet: 3 places must be corrected")).to_be_visible()
    expect(
        page.get_by_text("maintenance_reason may identify a person: a phone number.")
    ).to_be_visible()
    expect(page.get_by_text("patient M: Patient name")).to_be_visible()
    assert page.get_by_role("button", name="I have looked").count() == 0
    fits(page)
    snapshot(page, tmp_path, "refused")

    page.locator("input[type=file]").set_input_files(str(tmp_path / "fixed.xlsx"))
    page.get_by_role("button", name="I have looked").click()
    expect(page.get_by_text("The file is ready.")).to_be_visible()
    page.locator("summary", has_text="infusion").click()
    expect(page.get_by_text("infusion_day", exact=False).first).to_be_visible()
    fits(page)
    snapshot(page, tmp_path, "ready")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the submission").click()
    download.value.save_as(tmp_path / "out.xlsx")
    assert download.value.suggested_filename == "fixed-deidentified.xlsx"
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["patient"]
    ids = [str(row[1].value) for row in sheet.iter_rows(min_row=2, max_row=6)]
    local = [str(row[1].value) for row in book["patient"].iter_rows(min_row=2, max_row=6)]
    pseudonyms = open_key(tmp_path / "site.key").pseudonyms()
    assert ids == [pseudonyms.of("case", number) for number in local]


def test_a_wrong_passphrase_and_a_file_that_is_no_key_are_sentences(
    page: Page, served: str, tmp_path: Path
) -> None:
    from registry.deidentify.keyfile import create_key

    create_key(tmp_path / "locked.key", "random", "correct horse")
    (tmp_path / "other").write_text("no key")
    (tmp_path / "other").chmod(0o600)
    page.goto(served)
    page.get_by_label("Key file").fill(str(tmp_path / "locked.key"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("The key file has a passphrase.")).to_be_visible()
    page.get_by_label("Passphrase, if it has one").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The passphrase is wrong.")).to_be_visible()
    page.get_by_label("Key file").fill(str(tmp_path / "other"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("This is not a key file, or it is damaged.")).to_be_visible()
    fits(page)


def fits(page: Page) -> None:
    assert page.get_by_test_id("stException").count() == 0
    too_wide = page.evaluate(
        """() => [...document.querySelectorAll('[data-testid=stMainBlockContainer] *')]
        .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 2)
        .map(e => e.className)"""
    )
    assert too_wide == []


def snapshot(page: Page, folder: Path, name: str) -> None:
    page.wait_for_timeout(400)
    width = page.viewport_size["width"] if page.viewport_size else 0
    kept = Path(os.environ.get("MST_SCREENSHOTS", folder))
    # the page scrolls inside itself, so the picture needs a window as tall as what it shows
    height = page.evaluate(
        "() => document.querySelector('[data-testid=stMainBlockContainer]').scrollHeight"
    )
    page.set_viewport_size({"width": width, "height": int(height) + 120})
    page.wait_for_timeout(300)
    page.screenshot(path=str(kept / f"center-{name}-{width}.png"))
    page.set_viewport_size({"width": width, "height": 1400})
