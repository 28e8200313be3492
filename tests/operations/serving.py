"""A dashboard that runs for a test, and what may be asked of it without a browser."""

from __future__ import annotations

import http.client
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from registry.serving import DASHBOARDS, command, environment

# a machine that would have it otherwise
HOSTILE = {
    "STREAMLIT_SERVER_ADDRESS": "0.0.0.0",
    "STREAMLIT_SERVER_ENABLE_CORS": "false",
    "STREAMLIT_SERVER_ENABLE_XSRF_PROTECTION": "false",
    "STREAMLIT_SERVER_ENABLE_AGENT_API": "true",
    "STREAMLIT_SERVER_MAX_UPLOAD_SIZE": "2000",
    "STREAMLIT_SERVER_MAX_MESSAGE_SIZE": "2000",
    "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "true",
    "STREAMLIT_CLIENT_SHOW_ERROR_DETAILS": "full",
    "STREAMLIT_CLIENT_SHOW_ERROR_LINKS": "true",
}


@contextmanager
def running(which: str, port: int, name: str | None, log: Path, **more: str) -> Iterator[None]:
    """The dashboard, answering, with a hostile environment and whatever is given beside it."""
    with log.open("wb") as file:
        process = subprocess.Popen(
            command(which, port, name), env=environment(which) | HOSTILE | more,
            cwd=DASHBOARDS.parent, stdout=file, stderr=file,
        )  # fmt: skip
    try:
        _wait_for(port, process, log)
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 90
    while not _answers(port):
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.3)


def _answers(port: int) -> bool:
    try:
        return get(port, "/_stcore/health") == 200
    except OSError:
        return False


def get(port: int, path: str, **headers: str) -> int:
    """The status of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers=headers)
    status = connection.getresponse().status
    connection.close()
    return status


def websocket(port: int, *, host: str, origin: str) -> int:
    """The status of the answer to opening the websocket of a page: 101 if it opens."""
    return get(
        port, "/_stcore/stream", Host=host, Origin=origin, Upgrade="websocket",
        Connection="Upgrade", **{"Sec-WebSocket-Version": "13",
                                 "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="},
    )  # fmt: skip


def listening(port: int) -> set[str]:
    """The addresses on which something listens at `port`, as the kernel lists them."""
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            address, state = line.split()[1], line.split()[3]
            if state == "0A" and int(address.split(":")[1], 16) == port:
                found.add(address.split(":")[0])
    return found


@contextmanager
def sinkhole() -> Iterator[tuple[dict[str, str], list[bytes]]]:
    """A proxy for everything that asks the web, which notes what was asked and answers nothing."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def note() -> None:
            while True:
                try:
                    caller, _ = server.accept()
                except OSError:
                    return
                with caller:
                    asked.append(caller.recv(1000).split(b"\r\n")[0])

        threading.Thread(target=note, daemon=True).start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        names = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy")
        yield dict.fromkeys(names, url) | {"no_proxy": "127.0.0.1", "NO_PROXY": "127.0.0.1"}, asked
        server.shutdown(socket.SHUT_RDWR)
