"""Signing in with an institution: a real OpenID provider on loopback, the served portal, a real browser.

The provider gives a person named on its form a code, and for the code a signed token with the claims it was
told of that person; the portal finds its addresses and keys by discovery.
"""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from oidc_provider_mock import run_server_in_thread
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import text

from registry import store
from registry.access import accounts as book
from registry.access.accounts import Grant
from registry.access.rights import Role
from registry.home import home
from registry.serving import start
from tests.chromium import PATIENCE_MS, free_port
from tests.lifecycle.material import stored

COORDINATOR, ANALYST = Grant(Role.COORDINATOR, "C12"), Grant(Role.ANALYST)
CENTER_PAGES = [
    "Start", "Send data", "Queries", "Cases", "Receipts", "Adherence", "Figures", "Outcomes", "Benchmarks", "Centers",
    "One case",
]  # fmt: skip
ANALYSTS_PAGES = [
    "Adherence",
    "Figures",
    "Outcomes",
    "Benchmarks",
    "Centers",
    "Cohorts",
    "Ask a question",
    "HLA and KIR",
]


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with run_server_in_thread(require_nonce=True) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(scope="module")
def portal(database: None, provider: str) -> Iterator[str]:
    port = free_port()
    address = f"http://localhost:{port}"
    path = home() / "openid.toml"
    path.touch(mode=0o600)
    path.write_text(
        f'[auth]\nredirect_uri = "{address}/oauth2callback"\n'
        'cookie_secret = "a secret of this test, long enough"\n'
        'client_id = "registry"\nclient_secret = "of this test"\n'
        f'server_metadata_url = "{provider}/.well-known/openid-configuration"\n'
    )
    process = start("portal", port)
    yield address
    process.terminate()
    process.wait(timeout=20)
    path.unlink()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1280, "height": 900})
    opened.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    yield opened
    opened.close()


def known_to_provider(provider: str, subject: str, **claims: object) -> None:
    request = urllib.request.Request(
        f"{provider}/users/{subject}", json.dumps(claims).encode(), method="PUT",
        headers={"Content-Type": "application/json"},
    )  # fmt: skip
    urllib.request.urlopen(request, timeout=10).close()


def known_to_registry(username: str, *grants: Grant) -> str:
    address = f"{username}@example.org"
    book.invite(username, username.title(), address, grants, at=datetime.now(UTC))
    return address


def sign_in(page: Page, portal: str, subject: str) -> None:
    page.goto(portal)
    page.get_by_role("button", name="Sign in with your institution").click()
    page.get_by_placeholder("sub").fill(subject)
    page.get_by_role("button", name="Authorize").click()


def menu(page: Page) -> list[str]:
    expect(page.get_by_test_id("stSidebarNavLink").first).to_be_visible()
    links = page.get_by_test_id("stSidebarNavLink").all_inner_texts()
    return [text.split("\n")[-1] for text in links]  # its icon stands before each title


def expect_nothing_but(page: Page, words: str) -> None:
    """The page of someone who is not signed in, with these words."""
    expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_role("button", name="Sign in with your institution")).to_be_visible()
    expect(page.get_by_role("button", name="Sign out")).to_have_count(0)
    expect(page.get_by_test_id("stSidebarNavLink")).to_have_count(0)


def click(page: Page, name: str) -> None:
    page.get_by_test_id("stSidebarNavLink").get_by_text(name, exact=True).click()


@pytest.mark.requirement("ACC-08")
def test_a_person_of_the_registry_has_exactly_their_roles_until_they_are_taken_back(
    context: BrowserContext, portal: str, provider: str
) -> None:
    address = known_to_registry("olga", COORDINATOR)
    known_to_provider(provider, "olga-1", email=address, email_verified=True)
    page = context.new_page()
    sign_in(page, portal, "olga-1")
    assert menu(page) == [*CENTER_PAGES, "My account"]
    expect(page.get_by_text("olga, coordinator C12")).to_be_visible()

    page.reload()  # the cookie comes back to the session it opened
    assert menu(page) == [*CENTER_PAGES, "My account"]

    book.revoke("olga", COORDINATOR, at=datetime.now(UTC))
    click(page, "Cases")
    expect_nothing_but(page, "The session has ended; sign in again.")
    assert page.get_by_text("Cases of").count() == 0


@pytest.mark.requirement("ACC-08", "AUD-08")
def test_a_lead_signs_by_a_fresh_sign_in_at_the_institution(
    context: BrowserContext, portal: str, provider: str
) -> None:
    address = known_to_registry("lena", Grant(Role.LEAD, "C98"))
    known_to_provider(provider, "lena-1", email=address, email_verified=True)
    stored("P001", center="C98")
    page = context.new_page()
    sign_in(page, portal, "lena-1")
    click(page, "Cases")
    page.get_by_text("Sign the case").click()
    with store.engine(None).begin() as session:
        began = "update registry.session set started_at = started_at - interval '6 minutes'"
        session.execute(text(f"{began} where username = 'lena'"))
    page.get_by_role("button", name="Sign", exact=True).press("Enter")  # it moves as the box opens
    expect(page.get_by_text("Nothing was signed.")).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile(re.escape(provider)))
    sign_in(page, portal, "lena-1")
    menu(page)  # has arrived; a page on its way cannot be loaded anew
    page.reload()  # the cookie vouches on a page loaded anew, too
    click(page, "Cases")
    page.get_by_text("Sign the case").click()
    page.get_by_role("button", name="Sign", exact=True).press("Enter")  # it moves as the box opens
    signed = page.get_by_role("paragraph").filter(has_text="data complete, Lena, center lead")
    expect(signed).to_be_visible()


@pytest.mark.long
@pytest.mark.requirement("ACC-08")
def test_who_is_in_no_table_or_cannot_be_told_apart_gets_no_page(
    browser: Browser, context: BrowserContext, portal: str, provider: str
) -> None:
    address = known_to_registry("petra", ANALYST)
    known_to_provider(provider, "stranger", email="stranger@example.org", email_verified=True)
    known_to_provider(provider, "unsure", email=address, email_verified=False)
    known_to_provider(provider, "petra-1", email=address, email_verified=True)
    known_to_provider(provider, "petra-2", email=address, email_verified=True)
    page = context.new_page()
    for subject in ("stranger", "unsure"):
        sign_in(page, portal, subject)
        expect_nothing_but(page, "You are not known to this registry.")
    sign_in(page, portal, "petra-1")
    assert menu(page) == [*ANALYSTS_PAGES, "My account"]
    second = browser.new_context()
    page = second.new_page()
    page.set_default_timeout(PATIENCE_MS)
    sign_in(page, portal, "petra-2")
    expect_nothing_but(page, "You are not known to this registry.")
    second.close()


@pytest.mark.long
@pytest.mark.requirement("ACC-09")
def test_signing_out_in_one_tab_puts_the_other_out(
    context: BrowserContext, portal: str, provider: str
) -> None:
    address = known_to_registry("quinn", COORDINATOR)
    known_to_provider(provider, "quinn-1", email=address, email_verified=True)
    first, second = context.new_page(), context.new_page()
    sign_in(first, portal, "quinn-1")
    menu(first)
    second.goto(portal)
    menu(second)
    first.get_by_role("button", name="Sign out").click()
    first.wait_for_url(re.compile(re.escape(provider)))  # the provider ends its session too
    click(second, "Receipts")
    expect_nothing_but(second, "The session has ended; sign in again.")
    assert [c["name"] for c in context.cookies(portal) if c["name"] == "_streamlit_user"] == []


@pytest.mark.requirement("ACC-09")
@pytest.mark.parametrize(
    "aged",
    [
        "seen_at = seen_at - interval '31 minutes'",
        pytest.param("ends_at = now()", marks=pytest.mark.long),
    ],
)
def test_the_cookie_of_an_ended_session_opens_no_second_one(
    context: BrowserContext, portal: str, provider: str, aged: str
) -> None:
    username = "rosa" if "seen" in aged else "sara"
    address = known_to_registry(username, COORDINATOR)
    known_to_provider(provider, username, email=address, email_verified=True)
    page = context.new_page()
    sign_in(page, portal, username)
    menu(page)
    with store.engine(None).begin() as session:
        session.execute(
            text(f"update registry.session set {aged} where username = :name"), {"name": username}
        )
    click(page, "Cases")
    expect_nothing_but(page, "The session has ended; sign in again.")
    assert [c for c in context.cookies(portal) if c["name"] == "_streamlit_user"]
    page.reload()
    expect_nothing_but(page, "The session has ended; sign in again.")
    page.get_by_role("button", name="Sign in with your institution").click()
    page.get_by_placeholder("sub").fill(username)
    page.get_by_role("button", name="Authorize").click()
    assert "Cases" in menu(page)
