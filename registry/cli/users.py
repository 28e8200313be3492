"""`mst users`, `mst sign-in`, `mst sign-out`, `mst whoami`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Annotated, Any

import typer

from registry.access.rights import ACCOUNT_ROLES, Right, Role
from registry.cli.caller import caller, secret, token_path
from registry.cli.output import NOT_ALLOWED, Rows, RowsOption, fail, out, print_rows, say

users_app = typer.Typer(no_args_is_help=True, help="Accounts and the roles they hold.")

_ROLES = ", ".join(ACCOUNT_ROLES)
RoleOption = Annotated[str, typer.Option("--role", help=_ROLES)]
CenterOption = Annotated[str | None, typer.Option("--center", help="for a role held at a center")]
ReasonOption = Annotated[str | None, typer.Option("--reason", help="why; kept in the audit")]
DayOption = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]


def _now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def _managing(action: str) -> Iterator[None]:
    from registry.access.accounts import AccountError
    from registry.access.passwords import PasswordError

    with caller(Right.MANAGE_ACCOUNTS, action=action):
        try:
            yield
        except (AccountError, PasswordError) as error:
            raise fail(str(error)) from None


def _role(word: str) -> Role:
    try:
        return Role(word)
    except ValueError:
        raise fail(f"There is no such role. Roles: {_ROLES}.") from None


def _grant(role: str, center: str | None, from_: datetime | None, until: datetime | None) -> Any:
    from registry.access.accounts import Grant

    first, last = (day.date() if day else None for day in (from_, until))
    return Grant(_role(role), center or "", first, last)


@users_app.command("add")
def add(username: str, role: RoleOption, center: CenterOption = None) -> None:
    """Add an account ready to use; the password is read from the terminal or standard input."""
    from registry.access.accounts import add_account

    chosen, password = _role(role), secret("Password: ")
    with _managing("add an account"):
        add_account(username, password, chosen, center, at=_now())
    say.print("Added.")


@users_app.command("invite")
def invite_(
    username: str, role: RoleOption,
    name: Annotated[str, typer.Option("--name", help="the full name, as it stands under a signature")],
    center: CenterOption = None,
    email: Annotated[str | None, typer.Option(help="as the OpenID provider knows it")] = None,
    until: DayOption = None,
) -> None:  # fmt: skip
    """Make an account and print the one-time code to set its password with."""
    from registry.access.accounts import invite

    with _managing("invite to an account"):
        code = invite(username, name, email, [_grant(role, center, None, until)], at=_now())
    say.print("Give this code to the person by a safe way; it is good once, for seven days:")
    out.print(code, markup=False)


@users_app.command("invite-again")
def invite_again_(username: str) -> None:
    """A new one-time code, for a code or password that was lost."""
    from registry.access.accounts import invite_again

    with _managing("invite again"):
        code = invite_again(username, at=_now())
    out.print(code, markup=False)


@users_app.command("grant")
def grant_(
    username: str, role: RoleOption, center: CenterOption = None, from_: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"])] = None,
    until: DayOption = None, reason: ReasonOption = None,
) -> None:  # fmt: skip
    """Give a role, from one day to another if wanted."""
    from registry.access.accounts import grant

    with _managing("give a role"):
        grant(username, _grant(role, center, from_, until), at=_now(), reason=reason)
    say.print("Given.")


@users_app.command("revoke")
def revoke_(
    username: str, role: RoleOption, center: CenterOption = None, reason: ReasonOption = None
) -> None:
    """Take a role back; it is gone at the person's next step."""
    from registry.access.accounts import revoke

    with _managing("take a role back"):
        revoke(username, _grant(role, center, None, None), at=_now(), reason=reason)
    say.print("Taken back.")


def _decided(word: str, run: Callable[..., None], username: str, **more: Any) -> None:
    with _managing(word):
        run(username, at=_now(), **more)
    say.print("Done.")


@users_app.command("deactivate")
def deactivate_(username: str, reason: ReasonOption = None) -> None:
    """Let nobody sign in by this account, and end its sessions."""
    from registry.access.accounts import deactivate

    _decided("deactivate an account", deactivate, username, reason=reason)


@users_app.command("reactivate")
def reactivate_(username: str, reason: ReasonOption = None) -> None:
    """Undo a deactivation."""
    from registry.access.accounts import reactivate

    _decided("reactivate an account", reactivate, username, reason=reason)


@users_app.command("end-sessions")
def end_sessions(username: str) -> None:
    """End every session and token of a person."""
    from registry.access.sessions import end_everywhere

    _decided("end all sessions", end_everywhere, username)


@users_app.command("sql-login")
def sql_login(username: str) -> None:
    """Give a person a login of the database, to look with SQL at what the roles let see; asks for its password."""
    from registry.access.sql_login import give, login_name

    with _managing("give a login for SQL"):
        ends = give(username, secret("Password of the login: "), at=_now())
    say.print(f"{login_name(username)} may sign in to the database until {ends or 'it is taken back'}.",
              markup=False)  # fmt: skip


@users_app.command("sql-logout")
def sql_logout(username: str) -> None:
    """Take the login of the database back, and end what it is doing."""
    from registry.access.sql_login import take

    with _managing("take a login for SQL back"):
        take(username)
    say.print("Taken back.")


@users_app.command("list")
def list_(format_: RowsOption = Rows.TABLE) -> None:
    """Every account with its state and roles."""
    from registry.access.accounts import accounts

    with _managing("list accounts"):
        found = accounts()
    print_rows(
        [
            {"username": a.username, "name": a.full_name, "email": a.email, "state": a.state,
             "roles": "; ".join(" ".join(p for p in (g.role.value, g.center_id) if p) for g in a.grants)}
            for a in found
        ],
        format_,
    )  # fmt: skip


@users_app.command("report")
def report_(
    as_of: Annotated[
        datetime | None, typer.Option(help="as it was at the end of that day", formats=["%Y-%m-%d"])
    ] = None,
    format_: RowsOption = Rows.TABLE,
) -> None:
    """The rights report for the quarterly review: who holds what, since when, given by whom, last seen."""
    from registry.access.report import rights_report

    day: date = as_of.date() if as_of else _now().date()
    with _managing("make the rights report"):
        rows = rights_report(day)
    print_rows(rows, format_)


def sign_in(
    username: str,
    code: Annotated[bool, typer.Option("--code", help="set the password by a one-time code first")] = False,
) -> None:  # fmt: skip
    """Sign in for the commands that follow; the token is kept in a file only you can read."""
    from registry import store
    from registry.access import sessions
    from registry.access.accounts import AccountError, accept
    from registry.access.passwords import PasswordError

    store.prepare()
    try:
        given = secret("One-time code: ") if code else None
        password = secret("Password: ")
        if given is not None and accept(given, password, at=_now()) != username:
            raise fail("The code is another person's.", NOT_ALLOWED)
        opened = sessions.sign_in(username, password, at=_now(), channel="command")
    except (sessions.SignInError, AccountError, PasswordError) as error:
        raise fail(str(error), NOT_ALLOWED) from None
    path = token_path()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(opened.token)
    say.print(f"Signed in as {', '.join(p.role.value for p in opened.persons)}.", markup=False)


def sign_out() -> None:
    """End the sign-in of this machine."""
    from registry import store
    from registry.access import sessions

    path = token_path()
    if path.is_file():
        store.prepare()
        sessions.sign_out(path.read_text(encoding="ascii").strip(), at=_now())
        path.unlink()
    say.print("Signed out.")


def whoami() -> None:
    """As whom the commands act now."""
    with caller(None, action="ask who is signed in") as person:
        out.print(
            f"{person.username}, {person.role.value} {person.center_id or ''}".rstrip(),
            markup=False,
        )


def add_to(app: typer.Typer) -> None:
    app.add_typer(users_app, name="users")
    app.command("sign-in")(sign_in)
    app.command("sign-out")(sign_out)
    app.command()(whoami)
