"""Starts the Streamlit dashboards on loopback, each with what it may know and nothing else."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from registry.duck import POINTER, served_folder
from registry.files import TakenError, only_one
from registry.home import home

DASHBOARDS = Path(__file__).resolve().parent.parent / "dashboards"
PORTS = {"portal": 8501, "public": 8502}
_START_SECONDS = 60
_OPENID_NAMES = (
    "redirect_uri",
    "cookie_secret",
    "client_id",
    "client_secret",
    "server_metadata_url",
)


class OpenIdFileError(Exception):
    """The portal cannot be served with this openid.toml; the message says why."""


# on the command line, where no file and no variable of the machine changes them
SETTINGS = {
    # a proxy in front does TLS; without one nobody else reaches the page
    "server.address": "127.0.0.1",
    "server.headless": "true",
    "server.fileWatcherType": "none",
    "server.maxUploadSize": "20",
    "server.maxMessageSize": "50",
    # the token against forged requests does not guard the websocket, the check of its origin does
    "server.enableXsrfProtection": "true",
    "server.enableCORS": "true",
    "server.enableAgentApi": "false",
    "browser.gatherUsageStats": "false",
    "client.showErrorDetails": "none",
    # links that would carry an error's words to a search engine
    "client.showErrorLinks": "false",
    "client.toolbarMode": "minimal",
    "logger.level": "warning",
}


def command(which: str, port: int, name: str | None = None) -> list[str]:
    """The command line of a dashboard; `name` is the host name under which a proxy serves it.

    Raises OpenIdFileError.
    """
    page = DASHBOARDS / which / "app.py"
    settings = [*SETTINGS.items(), ("server.port", str(port))]
    # a page of another name opens no websocket, whatever its address resolves to
    settings += [("server.allowedHosts", host) for host in ("127.0.0.1", "localhost", name) if host]
    if name:
        settings.append(("browser.serverAddress", name))
    if which == "portal":
        settings.append(("secrets.files", str(openid_file())))
    options = [f"--{key}={value}" for key, value in settings]
    return [sys.executable, "-m", "dashboards.run", "run", str(page), *options]


def openid_file() -> Path:
    """Where the portal's OpenID provider is named; without the file people sign in by password.

    Raises OpenIdFileError for a file that others may read, or that names no provider.
    """
    path = home() / "openid.toml"
    if not path.exists():
        return path
    if path.stat().st_mode & 0o077:
        raise OpenIdFileError(
            "Other people may read openid.toml, which holds secrets: chmod 600 it."
        )
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8")).get("auth", {})
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise OpenIdFileError(
            "openid.toml is not written as TOML; see docs/operations/openid.md."
        ) from None
    missing = [name for name in _OPENID_NAMES if not given.get(name)]
    if missing:
        raise OpenIdFileError(f"openid.toml lacks {', '.join(missing)} under [auth].")
    return path


def environment(which: str) -> dict[str, str]:
    """The public page learns the path of the public file, the page at a center nothing of a registry.

    No page may own tables: the login that migrates and makes backups is for commands only.
    """
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("MST_", "PG"))}
    if which == "portal":
        keep = {k: v for k, v in os.environ.items() if k != "MST_OWNER_DATABASE_URL"}
        # the pages run from the project's folder, so a relative state folder must not move with them
        keep["MST_HOME"] = str(home())
    if which == "public":
        keep["MST_PUBLIC_POINTER"] = str(home() / "public" / POINTER)
    return keep


@contextmanager
def place(which: str, port: int) -> Iterator[int]:
    """The one place of this dashboard in the state folder, held by a descriptor that the server is to
    inherit. Raises TakenError where it is served already, or the port is in use.
    """
    served = (
        f"The {which} is served from this state folder already. Stop it before you start another."
    )
    with only_one(home() / f".serving-{which}.lock", served) as kept:
        _require_free(port)
        if which == "portal":
            # what a portal that was killed had in hand: nobody else spools
            shutil.rmtree(home() / "spool", ignore_errors=True)
        yield kept


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise TakenError(
                f"Port {port} is in use. Stop what uses it, or name another."
            ) from None


def start(which: str, port: int) -> subprocess.Popen[bytes]:
    """Start a dashboard and wait until it answers.

    Raises RuntimeError if it does not, TakenError where it is served already.
    """
    with place(which, port) as kept, (home() / f"{which}.log").open("ab") as log:
        process = subprocess.Popen(
            command(which, port), env=environment(which), stdout=log, stderr=log,
            cwd=DASHBOARDS.parent, pass_fds=[kept],
        )  # fmt: skip
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2):
                return process
        except OSError:
            time.sleep(0.3)
    process.terminate()
    raise RuntimeError(f"The {which} dashboard did not start; see {which}.log.")


def serve_both(say: Callable[[str], None]) -> None:
    """Both dashboards, until interrupted."""
    for served in ("warehouse", "public"):
        served_folder(home() / served / POINTER)
    running = []
    try:
        for which, port in PORTS.items():
            running.append(start(which, port))
            say(f"{which}: http://127.0.0.1:{port}")
        say("Both dashboards answer. Stop with Ctrl-C.")
        for process in running:
            process.wait()
    except KeyboardInterrupt:
        say("Stopping.")
    finally:
        for process in running:
            process.terminate()
