"""Every page of the portal for every role, on a wide screen and on a phone: nothing fails, nothing sticks out."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from dashboards.portal.menu import offered
from registry.access.accounts import add_account
from registry.access.rights import CENTER_ROLES, Person, Role
from tests.browser.test_results import turn_to
from tests.browser.walk import no_fault, settled, sign_in
from tests.demonstration import Demonstration

ROLES = [role for role in Role if role is not Role.OPERATOR]


@pytest.mark.long
@pytest.mark.parametrize("width", [1300, 400])
@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_a_role(
    page: Page, served: dict[str, str], demonstration: Demonstration, role: Role, width: int
) -> None:
    name, center = f"{role.name.lower()}{width}", "C01" if role in CENTER_ROLES else None
    add_account(name, demonstration.password, role, center)
    page.set_viewport_size({"width": width, "height": 1600})
    sign_in(page, served["portal"], name, demonstration.password)
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    for offer in offered(Person(name, role, center)):
        turn_to(page, offer.title)
        settled(page)
        no_fault(page)
