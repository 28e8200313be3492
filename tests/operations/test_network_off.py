"""With no network but loopback everything works, and nothing so much as tries to reach out."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# files in, checks, database, dbt, Great Expectations, releases, dashboards, de-identification
REPRESENTATIVE = (
    "tests/acceptance/test_intake_commands.py",
    "tests/warehouse/test_build.py",
    "tests/operations/test_serving.py",
    "tests/operations/test_health.py",
    "tests/deidentify/test_command.py",
    "tests/unit/test_reader.py",
)
# loopback has to be switched on in a new network namespace
LOOPBACK_UP = """
import fcntl, os, socket, struct, sys
with socket.socket() as any_socket:
    fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh14x", b"lo", 1))
os.execvp(sys.argv[1], sys.argv[1:])
"""
CONNECT = re.compile(
    r"connect\(\d+, \{sa_family=AF_INET6?, .*?(?:inet_addr|inet_pton)\(.*?\"([^\"]+)\""
)
HERE = re.compile(r"127\.|::1$|::ffff:127\.")


def without_network(log: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """A command in a network of its own, each attempt to connect written down."""
    trace = ["strace", "-f", "--seccomp-bpf", "-qq", "-e", "trace=connect", "-o", str(log)]
    return subprocess.run(
        ["unshare", "--net", sys.executable, "-c", LOOPBACK_UP, *trace, *command],
        capture_output=True, text=True, cwd=ROOT,
        env={k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")},
    )  # fmt: skip


def reached_for(log: Path) -> set[str]:
    """The addresses outside of this machine that something tried to connect to."""
    return {found for found in CONNECT.findall(log.read_text()) if not HERE.match(found)}


@pytest.fixture
def possible(tmp_path: Path) -> None:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    told = without_network(tmp_path / "probe", "true")
    if told.returncode:
        pytest.skip(f"no network namespace may be made here: {told.stderr.strip()[-80:]}")


@pytest.mark.long
@pytest.mark.requirement("SUP-05")
@pytest.mark.usefixtures("possible")
def test_everything_works_without_a_network_and_nothing_reaches_out(tmp_path: Path) -> None:
    log = tmp_path / "connects"
    done = without_network(
        log, sys.executable, "-m", "pytest", "-q", "-m", "not long", "-p", "no:cacheprovider",
        *REPRESENTATIVE,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
    assert reached_for(log) == set()


@pytest.mark.long
@pytest.mark.requirement("SUP-05")
@pytest.mark.usefixtures("possible")
def test_an_attempt_is_noticed(tmp_path: Path) -> None:
    """A name is asked for at a name server, an address directly: both are seen."""
    log = tmp_path / "connects"
    question = (
        "import socket; s = socket.socket(); s.settimeout(1); s.connect_ex(('192.0.2.1', 80))"
    )
    without_network(log, sys.executable, "-c", question)
    assert reached_for(log) == {"192.0.2.1"}
