"""The menu: which pages a person may open, and what each asks for before it shows anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import streamlit as st

from dashboards.analyst import (
    benchmarks_page,
    case_page,
    centers_page,
    cohort_page,
    immunogenetics_page,
    question_page,
)
from dashboards.portal import (
    account_page,
    accounts_page,
    audit_page,
    cases_page,
    figures_page,
    outcomes,
    oversight,
    practice,
    queries_page,
    start,
    submissions,
    upload,
)
from registry.access.rights import EVERY_CENTER, Person, Right
from registry.acting import Act, acting
from registry.lifecycle.cases import centers

Show = Callable[[Person], None]
# in the order of the menu: the right a page needs, its title, icon, address, and what shows it. A page of one
# center asks those who may see all centers for one.
OF_A_CENTER: tuple[tuple[Right, str, str, str, Show], ...] = (
    (Right.SEND, "Start", "home", "start", start.page),
    (Right.SEND, "Send data", "upload", "send", upload.page),
    (Right.READ_CASES, "Queries", "contact_support", "queries", queries_page.page),
    (Right.READ_CASES, "Cases", "folder_shared", "cases", cases_page.page),
    (Right.READ_CASES, "Receipts", "receipt_long", "receipts", submissions.page),
)
OF_THE_REGISTRY: tuple[tuple[Right, str, str, str, Show], ...] = (
    (Right.READ_RESULTS, "Adherence", "fact_check", "adherence", practice.page),
    (Right.READ_RESULTS, "Figures", "numbers", "figures", figures_page.page),
    (Right.READ_RESULTS, "Outcomes", "monitoring", "outcomes", outcomes.page),
    (Right.READ_RESULTS, "Benchmarks", "compare_arrows", "benchmarks", benchmarks_page.page),
    (Right.READ_RESULTS, "Centers", "balance", "centers", centers_page.page),
    (Right.ASK_WAREHOUSE, "Cohorts", "filter_alt", "cohorts", cohort_page.page),
    (Right.ASK_WAREHOUSE, "Ask a question", "query_stats", "ask", question_page.page),
    (Right.ASK_WAREHOUSE, "HLA and KIR", "genetics", "hla-kir", immunogenetics_page.page),
    (Right.READ_ROWS_BEHIND, "One case", "timeline", "case", case_page.page),
    (Right.OVERSEE, "Query work", "contact_support", "query-work", oversight.page),
    (Right.READ_AUDIT, "Audit trail", "history", "audit", audit_page.page),
    (Right.MANAGE_ACCOUNTS, "Accounts", "group", "accounts", accounts_page.page),
)
OF_EVERYONE = (None, "My account", "account_circle", "account", account_page.page)


class Offer(NamedTuple):
    """A page of someone's menu."""

    title: str
    icon: str
    path: str
    show: Callable[[], None]


def offered(person: Person) -> list[Offer]:
    """What a person may open; everything else does not exist for them."""
    of_a_center = [
        (right, title, icon, path, partial(_of_a_center, right, title, show))
        for right, title, icon, path, show in OF_A_CENTER
    ]
    # the own center first, for those who have one
    first, second = (
        (of_a_center, OF_THE_REGISTRY) if person.center_id else (OF_THE_REGISTRY, of_a_center)
    )
    every = [*first, *second, OF_EVERYONE]
    return [
        Offer(title, icon, path, partial(shows, person, right, title, show))
        for right, title, icon, path, show in every
        if right is None or person.may(right)
    ]


def pages(person: Person) -> list[st.Page]:
    """The same as Streamlit's pages."""
    return [_page(offer) for offer in offered(person)]


def _page(offer: Offer) -> st.Page:
    def shown() -> None:
        offer.show()

    return st.Page(shown, title=offer.title, icon=f":material/{offer.icon}:", url_path=offer.path)


def shows(person: Person, right: Right | None, title: str, show: Show) -> None:
    """A page that asks for its right and lets the audit know who looks at it."""
    if right is not None:
        person.require(right)
    with acting(Act(person.username, person.role.value, "portal", title, person.center_id)):
        show(person)


def _of_a_center(right: Right, title: str, show: Show, person: Person) -> None:
    """A page of one center; who may see all of them chooses one."""
    if person.may(right, EVERY_CENTER):
        above = st.container()
        chosen = st.selectbox("Center", centers(), key="of center", index=None)
        if chosen is None:
            above.title(title)  # no page is without a heading
            st.info("Choose a center.")
            return
        person = replace(person, center_id=chosen)
    show(person)
