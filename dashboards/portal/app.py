"""The portal: sign in, send data, see what is wrong with it, compare the center with others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import streamlit as st

from dashboards import bars
from dashboards.faults import told_by_number
from dashboards.portal import (
    cases_page,
    figures_page,
    outcomes,
    oversight,
    practice,
    queries_page,
    session,
    start,
    submissions,
    upload,
)
from dashboards.portal.troubles import told_in_words
from registry.access.rights import EVERY_CENTER, Person, Right
from registry.acting import Act, acting
from registry.lifecycle.cases import centers

st.set_page_config(page_title="Microtransplant registry", page_icon="🩸", layout="wide")

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
    (Right.OVERSEE, "Query work", "contact_support", "query-work", oversight.page),
)


def pages(person: Person) -> list[st.Page]:  # type: ignore[valid-type]
    """What a person may open; everything else does not exist for them."""
    offered = [
        *((right, title, icon, path, partial(_of_a_center, right, show))
          for right, title, icon, path, show in OF_A_CENTER),
        *OF_THE_REGISTRY,
    ]  # fmt: skip
    return [
        st.Page(_page(person, right, title, show), title=title, icon=f":material/{icon}:", url_path=path)
        for right, title, icon, path, show in offered
        if person.may(right)
    ]  # fmt: skip


def _page(person: Person, right: Right, title: str, show: Show) -> Callable[[], None]:
    """A page that asks for its right and lets the audit know who looks at it."""

    def shown() -> None:
        person.require(right)
        with acting(Act(person.username, person.role.value, "portal", title, person.center_id)):
            show(person)

    return shown


def _of_a_center(right: Right, show: Show, person: Person) -> None:
    """A page of one center; who may see all of them chooses one."""
    if person.may(right, EVERY_CENTER):
        chosen = st.selectbox("Center", centers(), key="of center", index=None)
        if chosen is None:
            st.info("Choose a center.")
            return
        person = replace(person, center_id=chosen)
    show(person)


def main() -> None:
    found = session.persons()
    if not found:
        st.navigation([st.Page(session.page, title="Sign in")]).run()
        return
    with st.sidebar:
        person = _acting_as(found)
    chosen = st.navigation(pages(person))
    st.html(bars.page_style())
    with st.sidebar:
        if st.button("Sign out"):
            session.sign_out()
    chosen.run()


def _acting_as(found: tuple[Person, ...]) -> Person:
    def words(person: Person) -> str:
        return f"{person.username}, {person.role.value} {person.center_id or ''}".strip()

    if len(found) == 1:
        st.caption(words(found[0]))
        return found[0]
    return st.selectbox("Acting as", found, format_func=words)


with told_by_number(), told_in_words():
    main()
