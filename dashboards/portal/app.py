"""The portal: sign in, send data, see what is wrong with it, compare the center with others."""

from __future__ import annotations

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
    start,
    submissions,
    upload,
)
from registry.access.accounts import Person, Role, sign_in, still_valid

st.set_page_config(page_title="Microtransplant registry", page_icon="🩸", layout="wide")


def sign_in_page() -> None:
    st.title("Microtransplant registry")
    st.write("Sign in with the account your registry steward gave you.")
    with st.form("sign in"):
        username = st.text_input("User name")
        password = st.text_input("Password", type="password")
        if st.form_submit_button("Sign in", type="primary"):
            person = sign_in(username, password)
            if person is None:
                st.error("User name or password is wrong.")
            else:
                st.session_state["person"] = person
                st.rerun()


def pages(person: Person) -> list[st.Page]:  # type: ignore[valid-type]
    """What a role may open; everything else does not exist for it."""
    sending = [
        st.Page(lambda: start.page(person), title="Start", icon=":material/home:", url_path="start"),
        st.Page(lambda: upload.page(person), title="Send data", icon=":material/upload:", url_path="send"),
        st.Page(lambda: queries_page.page(person), title="Queries", icon=":material/contact_support:", url_path="queries"),
        st.Page(lambda: cases_page.page(person), title="Cases", icon=":material/folder_shared:", url_path="cases"),
        st.Page(lambda: submissions.page(person), title="Receipts", icon=":material/receipt_long:", url_path="receipts"),
    ]  # fmt: skip
    reading = [
        st.Page(lambda: practice.page(person), title="Adherence", icon=":material/fact_check:", url_path="adherence"),
        st.Page(lambda: figures_page.page(person), title="Figures", icon=":material/numbers:", url_path="figures"),
        st.Page(lambda: outcomes.page(person), title="Outcomes", icon=":material/monitoring:", url_path="outcomes"),
    ]  # fmt: skip
    steering = [
        st.Page(lambda: oversight.page(person), title="Query work", icon=":material/contact_support:", url_path="query-work"),
    ]  # fmt: skip
    more = {Role.COORDINATOR: sending, Role.STEWARD: steering}.get(person.role, [])
    return [*more, *reading] if person.role is not Role.STEWARD else [*reading, *more]


def main() -> None:
    person: Person | None = st.session_state.get("person")
    if person is not None and not still_valid(person):
        st.session_state.clear()
        person = None
    if person is None:
        st.navigation([st.Page(sign_in_page, title="Sign in")]).run()
        return
    chosen = st.navigation(pages(person))
    st.html(bars.page_style())
    with st.sidebar:
        st.caption(f"{person.username}, {person.role.value} {person.center_id or ''}")
        if st.button("Sign out"):
            st.session_state.clear()
            st.rerun()
    chosen.run()


with told_by_number():
    main()
