"""My account: the roles a person holds, another password, and an end to every session."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from dashboards.portal.accounts_page import roles_table
from registry.access.accounts import accounts, has_password
from registry.access.passwords import MIN_CHARACTERS, PasswordError
from registry.access.rights import Person
from registry.access.sessions import SignInError, change_password, end_everywhere


def page(person: Person) -> None:
    (own,) = accounts(person.username)
    st.title("My account")
    st.write(" · ".join(part for part in (own.full_name, own.username, own.email) if part))
    st.subheader("My roles")
    roles_table(own.grants)
    st.subheader("Password")
    if has_password(person.username):
        _password(person)
    else:
        st.write("You sign in with your institution, and change your password there.")
    st.subheader("Sessions")
    st.write(
        "A session ends by itself after 30 minutes without use, and after 8 hours in any case."
    )
    if st.button(
        "End all my sessions", help="Here, in every other browser, and on the command line."
    ):
        end_everywhere(person.username, at=datetime.now(UTC))
        st.rerun()


def _password(person: Person) -> None:
    with st.form("password", clear_on_submit=True):
        old = st.text_input("Present password", type="password")
        new = st.text_input(
            "New password", type="password",
            help=f"At least {MIN_CHARACTERS} characters; several words are good.",
        )  # fmt: skip
        again = st.text_input("New password again", type="password")
        st.caption("You are signed out everywhere, and sign in again with the new password.")
        if not st.form_submit_button("Change the password", type="primary"):
            return
    if new != again:
        st.error("The two new passwords differ.")
        return
    try:
        change_password(person.username, old, new, at=datetime.now(UTC))
    except (SignInError, PasswordError) as error:
        st.error(str(error))
        return
    st.rerun()
