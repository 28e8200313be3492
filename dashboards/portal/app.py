"""The portal: sign in, send data, see what is wrong with it, compare the center with others."""

from __future__ import annotations

import streamlit as st

from dashboards import bars
from dashboards.faults import told_by_number
from dashboards.portal import session
from dashboards.portal.menu import pages
from dashboards.portal.transport import PLAIN, is_private
from dashboards.portal.troubles import told_in_words
from registry.access.rights import Person

st.set_page_config(page_title="Microtransplant registry", page_icon="🩸", layout="wide")


def main() -> None:
    address = st.context.url
    if address is not None and not is_private(address):
        st.error(PLAIN)
        return
    found = session.persons()
    if not found:
        st.navigation([st.Page(session.page, title="Sign in")]).run()
        return
    with st.sidebar:
        person = _acting_as(found)
    chosen = st.navigation(pages(person), expanded=True)  # no page behind "view more"
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
