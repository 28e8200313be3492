"""Starts the Streamlit dashboards on loopback, each with what it may know and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Callable
from pathlib import Path

from registry.duck import served_folder
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


def command(which: str, port: int) -> list[str]:
    """The command line of a dashboard. Raises OpenIdFileError."""
    page = DASHBOARDS / which / "app.py"
    secrets = [f"--secrets.files={openid_file()}"] if which == "portal" else []
    return [
        sys.executable, "-m", "streamlit", "run", str(page),
        "--server.address=127.0.0.1", f"--server.port={port}", "--server.headless=true",
        "--browser.gatherUsageStats=false", "--client.showErrorDetails=none",
        "--server.maxUploadSize=20", "--client.toolbarMode=minimal", "--server.fileWatcherType=none",
        *secrets,
    ]  # fmt: skip


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
    """The public dashboard learns the path of the public file and nothing of database or home."""
    # the pages run from the project's folder, so a relative state folder must not move with them
    keep = {**os.environ, "MST_HOME": str(home())}
    if which == "public":
        for name in ("MST_HOME", "MST_DATABASE_URL"):
            keep.pop(name, None)
        keep["MST_PUBLIC_POINTER"] = str(home() / "warehouse" / "current.json")
    return keep


def start(which: str, port: int) -> subprocess.Popen[bytes]:
    """Start a dashboard and wait until it answers. Raises RuntimeError if it does not."""
    log = (home() / f"{which}.log").open("ab")
    process = subprocess.Popen(
        command(which, port), env=environment(which), stdout=log, stderr=log,
        cwd=DASHBOARDS.parent,
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
    served_folder(home() / "warehouse" / "current.json")
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
