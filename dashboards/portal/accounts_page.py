"""Accounts: who may sign in and as what; people are invited, roles given and taken, sessions ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import streamlit as st

from dashboards.listing import offer, table
from registry.access import accounts as book
from registry.access.accounts import AccountError, Grant, Standing
from registry.access.report import rights_report
from registry.access.rights import ACCOUNT_ROLES, CENTER_ROLES, Person, Role
from registry.access.sessions import end_everywhere
from registry.audit import note
from registry.lifecycle.remarks import RemarkError, words

_DONE = "accounts: done"
_CODE = "Give this code to the person by a safe way. It is good once, for seven days, and not shown again."


def page(person: Person) -> None:
    st.title("Accounts")
    if done := st.session_state.pop(_DONE, None):
        st.success(done)
    present, invite, report = st.tabs(["Accounts", "Invite", "Rights report"])
    with present:
        _present()
    with invite:
        _invite()
    with report:
        _report()


def roles_table(grants: Sequence[Grant]) -> None:
    """The roles held, with their days."""
    if not grants:
        st.write("No role.")
        return
    table([
        {"role": g.role.value, "center": g.center_id or "all", "from": g.valid_from,
         "until": g.valid_until}
        for g in grants
    ])  # fmt: skip


def _role_words(grant: Grant) -> str:
    return f"{grant.role.value} {grant.center_id}".strip()


def _present() -> None:
    found = book.accounts()
    table([
        {"user name": a.username, "name": a.full_name, "state": a.state,
         "roles": ", ".join(map(_role_words, a.grants)), "e-mail": a.email}
        for a in found
    ])  # fmt: skip
    chosen = st.selectbox(
        "Account", found, index=None, format_func=lambda a: f"{a.username} · {a.full_name}",
        placeholder="choose one to see and change it",
    )  # fmt: skip
    if chosen is not None:
        _one(chosen)


def _one(account: Standing) -> None:
    name = account.username
    with st.container(border=True):
        st.markdown(f"**{account.full_name}** · {account.state}")
        roles_table(account.grants)
    with st.expander("Give a role"):
        _give(name)
    if account.grants:
        with st.expander("Take a role back"):
            _take(name, account.grants)
    with st.expander("Sessions and one-time code"):
        _help_in(name)
    is_gone = account.state == "deactivated"
    with st.expander("Reactivate the account" if is_gone else "Deactivate the account"):
        _switch(name, book.reactivate if is_gone else book.deactivate, is_gone)


def _give(name: str) -> None:
    with st.form("give", clear_on_submit=False):
        grant = _asked_grant("give")
        reason = st.text_input("Reason", key="give reason")
        if st.form_submit_button("Give the role", type="primary"):
            _do(f"{name} is {_role_words(grant)}.", lambda: book.grant(
                name, grant, at=_now(), reason=words(reason, "a reason")))  # fmt: skip


def _asked_grant(key: str) -> Grant:
    role = st.selectbox("Role", ACCOUNT_ROLES, format_func=lambda r: r.value, key=f"{key} role")
    center = st.text_input(
        "Center", key=f"{key} center", placeholder="such as C01",
        help=f"Only for {' and '.join(sorted(r.value for r in CENTER_ROLES))}.",
    )  # fmt: skip
    first, last = st.columns(2)
    return Grant(
        Role(role), center.strip(),
        first.date_input("From (if not at once)", value=None, format="YYYY-MM-DD", key=f"{key} from"),
        last.date_input("Last day (if any)", value=None, format="YYYY-MM-DD", key=f"{key} until"),
    )  # fmt: skip


def _take(name: str, grants: Sequence[Grant]) -> None:
    with st.form("take"):
        grant = st.selectbox("Role to take back", grants, format_func=_role_words)
        reason = st.text_input("Reason", key="take reason")
        if st.form_submit_button("Take it back"):
            _do(f"{name} is no longer {_role_words(grant)}.", lambda: book.revoke(
                name, grant, at=_now(), reason=words(reason, "a reason")))  # fmt: skip


def _help_in(name: str) -> None:
    with st.container(horizontal=True):
        if st.button("End all sessions"):
            _do(f"Every session of {name} has ended.", lambda: end_everywhere(name, at=_now()))
        if st.button("New one-time code", help="For a code or password that was lost."):
            _show_code(book.invite_again(name, at=_now()))


def _switch(name: str, change: Callable[..., None], is_gone: bool) -> None:
    said = f"{name} may sign in again." if is_gone else f"{name} may no longer sign in."
    with st.form("switch"):
        reason = st.text_input("Reason", key="switch reason")
        if st.form_submit_button("Reactivate" if is_gone else "Deactivate"):
            _do(said, lambda: change(name, at=_now(), reason=words(reason, "a reason")))


def _invite() -> None:
    with st.form("invite"):
        username = st.text_input("User name", help="2 to 40 small letters, digits, point, - and _.")
        full_name = st.text_input("Full name", help="As it stands under a signature.")
        email = st.text_input(
            "E-mail", help="As the OpenID provider knows it; leave it out for a password only."
        )
        grant = _asked_grant("invite")
        if not st.form_submit_button("Invite", type="primary"):
            return
    try:
        code = book.invite(username, full_name, email.strip() or None, [grant], at=_now())
    except AccountError as error:
        st.error(str(error))
        return
    st.success(f"{username} is invited as {_role_words(grant)}.")
    _show_code(code)


def _show_code(code: str) -> None:
    st.warning(_CODE)
    st.code(code, language=None)


def _report() -> None:
    st.write("Who holds which role, for the quarterly review. The last column says what to decide.")
    day = st.date_input("As it was at the end of", _now().date(), format="YYYY-MM-DD")
    rows = rights_report(day)
    table([{name.replace("_", " "): value for name, value in row.items()} for row in rows])
    if offer(rows, f"rights-{day}"):
        note("export the rights report")


def _do(said: str, act: Callable[[], None]) -> None:
    try:
        act()
    except (AccountError, RemarkError) as error:
        st.error(str(error))
        return
    st.session_state[_DONE] = said
    st.rerun()


def _now() -> datetime:
    return datetime.now(UTC)
