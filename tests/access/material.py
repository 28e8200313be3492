"""People of a registry made for a test, a moment that is not now, and pages as Streamlit runs them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from streamlit.testing.v1 import AppTest

from registry.access import sessions
from registry.access.accounts import add_account
from registry.access.rights import Person, Role

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
PASSWORD = "four words of a song"
OWN, OTHER, NOWHERE = "C01", "C02", "C99"
AT_A_CENTER = ("coordinator", "center lead")


def after(**of: float) -> datetime:
    return NOW + timedelta(**of)


def add(username: str = "ana", role: Role = Role.COORDINATOR, center: str | None = OWN) -> Person:
    add_account(username, PASSWORD, role, center, at=NOW)
    return Person(username, role, center)


def enter(username: str = "ana", password: str = PASSWORD, *, at: datetime = NOW) -> str:
    """The token of a session of the portal."""
    return sessions.sign_in(username, password, at=at).token


def person(role: str) -> Person:
    return Person(role.replace(" ", "."), Role(role), OWN if role in AT_A_CENTER else None)


def shown(who: Person, title: str, **state: Any) -> AppTest:
    """A page as Streamlit runs it, with what a person put into the session by whatever way."""

    def script(username: str, role: str, center: str | None, title: str) -> None:
        from dashboards.portal import menu
        from registry.access.rights import Person, Role

        who = Person(username, Role(role), center)
        for offer in menu.offered(who):
            if offer.title == title:
                offer.show()

    told = AppTest.from_function(
        script, args=(who.username, who.role.value, who.center_id, title), default_timeout=60
    )
    for key, value in state.items():
        told.session_state[key.replace("_", " ")] = value
    return told.run()


def words(told: AppTest) -> str:
    assert not told.exception
    parts = [told.title, told.markdown, told.caption, told.info, told.success, told.error]
    lines = [str(element.value) for kind in parts for element in kind]
    lines += [str(box.options) for box in told.selectbox]
    return "\n".join([*lines, *(frame.value.to_csv() for frame in told.dataframe)])
