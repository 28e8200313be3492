"""The signed-in person of a browser tab: asked of the registry anew at every rerun of every page.

The browser holds nothing of a sign-in by password. One by OpenID Connect keeps Streamlit's own cookie for 30 days:
it opens one session of the registry, comes back to it while it lasts, and opens no second one.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import streamlit as st

from registry.access import sessions
from registry.access.accounts import AccountError, accept
from registry.access.passwords import PasswordError
from registry.access.rights import Person

_TOKEN = "session token"
_REFUSED = "sign-in refused"


def persons() -> tuple[Person, ...]:
    """Whom the person signed in here may act as, now; none if nobody is, or the session ended."""
    token = st.session_state.get(_TOKEN)
    if token is None:
        return _by_openid() if _is_vouched_for() else ()
    found = sessions.resume(token, at=_now())
    if not found:
        st.session_state.clear()
        st.session_state["ended"] = True
    return found


def claims() -> dict[str, Any] | None:
    """What an OpenID provider says of who is signed in here, if one vouches for them."""
    return st.user.to_dict() if _is_vouched_for() else None


def sign_out() -> None:
    """End the person's sessions of the portal, in every tab and browser."""
    token = st.session_state.get(_TOKEN)
    if token is not None:
        sessions.sign_out(token, at=_now())
    vouched_for = _is_vouched_for()
    if vouched_for:
        sessions.sign_out_by_openid(st.user.to_dict(), at=_now())
    st.session_state.clear()
    if vouched_for:
        st.logout()  # sends the browser away to drop the cookie
        st.stop()
    st.rerun()


def page() -> None:
    """The page of someone who is not signed in."""
    st.title("Microtransplant registry")
    if st.session_state.get("ended"):
        st.info("The session has ended. Sign in again; nothing that was stored is lost.")
    if _offers_openid():
        _openid_page()
    st.write("Sign in with the account your registry administrator gave you.")
    with st.form("sign in"):
        username = st.text_input("User name")
        password = st.text_input("Password", type="password")
        if st.form_submit_button("Sign in", type="primary"):
            _enter(username, password)
    with st.expander("I have a one-time code"), st.form("code", clear_on_submit=True):
        code = st.text_input("One-time code", type="password")
        chosen = st.text_input("New password", type="password", help="At least 12 characters.")
        again = st.text_input("New password again", type="password")
        if st.form_submit_button("Set the password"):
            _set_password(code, chosen, again)


def _enter(username: str, password: str) -> None:
    try:
        opened = sessions.sign_in(username, password, at=_now())
    except sessions.SignInError as error:
        st.error(str(error))
        return
    st.session_state.clear()
    st.session_state[_TOKEN] = opened.token
    st.rerun()


def _set_password(code: str, chosen: str, again: str) -> None:
    if chosen != again:
        st.error("The two passwords differ.")
        return
    try:
        username = accept(code.strip(), chosen, at=_now())
    except (AccountError, PasswordError) as error:
        st.error(str(error))
        return
    st.success(f"The password of {username} is set. Sign in above.")


def _offers_openid() -> bool:
    try:
        return "auth" in st.secrets
    except FileNotFoundError:
        return False


def _is_vouched_for() -> bool:
    return _offers_openid() and bool(st.user.is_logged_in)


def _openid_page() -> None:
    if refused := st.session_state.get(_REFUSED):
        st.error(refused)
    if st.button("Sign in with your institution", type="primary"):
        st.login()
    st.divider()


def _by_openid() -> tuple[Person, ...]:
    """The session that the sign-in of the cookie opened, or opens now; refused once, it is not tried again."""
    claims = st.user.to_dict()
    found = sessions.resume_by_openid(claims, at=_now())
    if found or _REFUSED in st.session_state:
        return found
    try:
        return sessions.sign_in_by_openid(claims, at=_now()).persons
    except sessions.SignInError as error:
        st.session_state.clear()
        st.session_state[_REFUSED] = str(error)
        return ()


def _now() -> datetime:
    return datetime.now(UTC)
