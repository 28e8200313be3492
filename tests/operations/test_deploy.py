"""The samples in deploy/: a real nginx before a real dashboard, and units that systemd accepts."""

from __future__ import annotations

import base64
import configparser
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import streamlit
import typer
from playwright.sync_api import Browser, Page, expect

from registry.cli import app
from tests.chromium import FLAGS, PATIENCE_MS, free_port
from tests.demonstration import Demonstration
from tests.operations.serving import running

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
HEADERS = {
    "content-security-policy": "frame-ancestors 'none'",
    "strict-transport-security": "max-age=63072000",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=()",
}
NAME = "results.example.org"
PORTAL = "portal.example.org"


@dataclass(frozen=True)
class Answer:
    """What came back over TLS: the status, and the header lines by lower-case name."""

    status: int
    headers: dict[str, list[str]]


@dataclass(frozen=True)
class Proxy:
    """The shipped nginx sample on ports of the test, before both dashboards."""

    port: int
    folder: Path

    def ask(self, request: str, *lines: str, body: bytes = b"") -> Answer:
        context = ssl.create_default_context(cafile=str(self.folder / "results.pem"))
        with (
            socket.create_connection(("127.0.0.1", self.port), timeout=60) as plain,
            context.wrap_socket(plain, server_hostname=NAME) as tls,
        ):
            head = "\r\n".join([f"{request} HTTP/1.1", f"Host: {NAME}", *lines])
            tls.sendall(head.encode() + b"\r\n\r\n" + body)
            text = tls.recv(100_000).split(b"\r\n\r\n")[0].decode()
        first, *rest = text.split("\r\n")
        headers: dict[str, list[str]] = {}
        for line in rest:
            name, value = line.split(": ", 1)
            headers.setdefault(name.lower(), []).append(value)
        return Answer(int(first.split()[1]), headers)


@pytest.fixture(scope="module")
def proxy(
    demonstration: Demonstration, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxy]:
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None:
        pytest.skip("nginx is not installed; apt-get install nginx-light lets this test run")
    folder = tmp_path_factory.mktemp("nginx")
    _certificates(folder)
    portal, public, port = free_port(), free_port(), free_port()
    config = _config(folder, {"443": port, "80": free_port(), "8501": portal, "8502": public})
    with (
        running("portal", portal, PORTAL, folder / "portal.log"),
        running("public", public, NAME, folder / "public.log"),
    ):
        process = subprocess.Popen([nginx, "-p", str(folder), "-c", str(config), "-e", "stderr"])
        try:
            _wait(port, process)
            yield Proxy(port, folder)
        finally:
            process.terminate()
            process.wait(timeout=20)


def _certificates(folder: Path) -> None:
    for name in ("portal", "results"):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
             "-subj", f"/CN={name}.example.org", "-addext", f"subjectAltName=DNS:{name}.example.org",
             "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem"],
            check=True, capture_output=True,
        )  # fmt: skip


def _config(folder: Path, ports: dict[str, int]) -> Path:
    """The two files as shipped, with the paths and ports of this test."""
    for name in ("registry.conf", "registry-proxy.inc"):
        text = (DEPLOY / "nginx" / name).read_text()
        text = text.replace("/etc/ssl/registry/", f"{folder}/").replace("/etc/nginx/", f"{folder}/")
        text = re.sub(r"listen (443|80)\b", lambda m: f"listen 127.0.0.1:{ports[m[1]]}", text)
        text = re.sub(r"127.0.0.1:(850[12])", lambda m: f"127.0.0.1:{ports[m[1]]}", text)
        (folder / name).write_text(text)
    paths = "".join(
        f"{kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = folder / "nginx.conf"
    main.write_text(
        f"daemon off; pid {folder}/pid; error_log stderr; events {{}}\n"
        f"http {{ {paths} include {folder}/registry.conf; }}\n"
    )
    return main


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=2).close()
            return
        except OSError:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.2)


@pytest.mark.long
@pytest.mark.requirement("ACC-10")
@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/_stcore/host-config", "/no/such"])
def test_every_answer_has_the_six_headers_once(proxy: Proxy, path: str) -> None:
    answer = proxy.ask(f"GET {path}", "Connection: close")
    for name, words in HEADERS.items():
        (value,) = answer.headers[name]
        assert words in value
    assert answer.headers["server"] == ["nginx"]


@pytest.mark.long
@pytest.mark.requirement("ACC-10")
def test_every_cookie_is_secure(proxy: Proxy) -> None:
    """Streamlit sets its own without Secure, since it cannot know of the proxy."""
    answer = proxy.ask("GET /_stcore/health", "Connection: close")
    cookies = answer.headers["set-cookie"]
    assert cookies
    assert all("; secure" in cookie.lower() for cookie in cookies)


@pytest.mark.long
@pytest.mark.requirement("ACC-10")
def test_only_pages_of_this_name_open_the_websocket(proxy: Proxy) -> None:
    wanted = [
        "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ]  # fmt: skip
    for origin, status in {
        f"https://{NAME}": 101,
        "https://evil.example.com": 403,
        f"https://{NAME}.evil.example.com": 403,
        f"http://{NAME}": 403,
        "null": 403,
    }.items():
        assert proxy.ask("GET /_stcore/stream", *wanted, f"Origin: {origin}").status == status


@pytest.mark.long
@pytest.mark.requirement("ACC-10")
def test_200_mb_are_refused_before_they_are_sent(proxy: Proxy) -> None:
    """Bad input 104."""
    put = "PUT /_stcore/upload_file/a/b"
    assert proxy.ask(put, f"Content-Length: {200 * 1024**2}").status == 413
    small = proxy.ask(put, "Content-Length: 3", body=b"abc").status
    assert small in {400, 401, 403, 404}, "within the limit it is Streamlit that answers"


@pytest.mark.long
@pytest.mark.requirement("ACC-10")
def test_who_asks_too_fast_is_held_up(proxy: Proxy) -> None:
    """After the burst that a first page needs."""
    ends = {proxy.ask("GET /favicon.png", "Connection: close").status for _ in range(30)}
    assert ends == {200}, "a person is not held up"
    burst = f"GET /favicon.png HTTP/1.1\r\nHost: {NAME}\r\n\r\n"
    context = ssl.create_default_context(cafile=str(proxy.folder / "results.pem"))
    with (
        socket.create_connection(("127.0.0.1", proxy.port), timeout=60) as plain,
        context.wrap_socket(plain, server_hostname=NAME) as tls,
    ):
        tls.sendall(burst.encode() * 600)
        told = b""
        while b" 429 " not in told and (more := tls.recv(1_000_000)):
            told += more
    assert b" 429 " in told
    time.sleep(15)  # until the allowance is full again, for the tests that follow


@dataclass
class Visit:
    """A page in a browser, with what it complained of and whom it asked."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.page.on("console", lambda m: self.complaints.append(m.text))
        self.page.on("request", lambda r: self.asked.add(urlsplit(r.url).netloc))
        self.page.set_default_timeout(PATIENCE_MS)

    def was_stopped_nowhere(self, name: str) -> bool:
        """The policy blocked nothing, nobody else was asked, and every cookie is for TLS only."""
        cookies = self.page.context.cookies()
        return (
            not [c for c in self.complaints if "Content Security Policy" in c]
            and self.asked - {""} == {name}
            and all(cookie.get("secure") for cookie in cookies)
        )


@pytest.fixture(scope="module")
def visit(proxy: Proxy, browser: Browser) -> Iterator[Visit]:
    """A browser beside the one of the run, for which the two names are the proxy and no other is any."""
    names = ", ".join(f"MAP {name}:443 127.0.0.1:{proxy.port}" for name in (NAME, PORTAL))
    rules = f"--host-resolver-rules={names}, MAP * ~NOTFOUND"
    beside = browser.browser_type.launch(
        executable_path=shutil.which("chromium"), args=[*FLAGS, rules]
    )
    expect.set_options(timeout=PATIENCE_MS)
    yield Visit(beside.new_page(ignore_https_errors=True))
    beside.close()


@pytest.mark.long
@pytest.mark.requirement("ACC-10")
def test_the_public_dashboard_draws_its_charts_behind_it(visit: Visit) -> None:
    visit.page.goto(f"https://{NAME}/")
    chart = visit.page.get_by_test_id("stVegaLiteChart").locator("svg").first
    expect(chart).to_be_visible()
    assert visit.was_stopped_nowhere(NAME)


@pytest.mark.long
@pytest.mark.requirement("ACC-10")
def test_a_coordinator_signs_in_sends_and_reads_behind_it(
    visit: Visit, demonstration: Demonstration, tmp_path: Path
) -> None:
    page = visit.page
    visit.asked.clear()
    visit.complaints.clear()
    page.goto(f"https://{PORTAL}/")
    page.get_by_label("User name").fill(demonstration.username)
    page.get_by_label("Password", exact=True).fill(demonstration.password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Send data").click()
    (tmp_path / "patient.csv").write_text("case_id,sex\nP1,female\n")
    page.locator("input[type=file]").set_input_files(tmp_path / "patient.csv")
    expect(page.get_by_text("Checking the file: done")).to_be_visible()
    for name in ("Queries", "Cases", "Receipts", "Adherence", "Outcomes"):
        page.get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_test_id("stVegaLiteChart").locator("svg").first).to_be_visible()
    assert visit.was_stopped_nowhere(PORTAL)


@pytest.mark.requirement("ACC-10")
def test_the_policy_names_the_script_of_the_streamlit_that_is_locked() -> None:
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text()
    scripts = re.findall(r"<script>(.*?)</script>", page, re.S)
    hashes = {base64.b64encode(sha256(text.encode()).digest()).decode() for text in scripts}
    for sample in ("nginx/registry-proxy.inc", "caddy/Caddyfile"):
        assert set(re.findall(r"'sha256-([^']+)'", (DEPLOY / sample).read_text())) == hashes


@pytest.mark.requirement("ACC-10")
def test_the_caddy_sample_sets_the_same_as_the_tested_one() -> None:
    """Caddy is in no distribution the tests run on, so its sample is held against nginx's."""
    caddy = (DEPLOY / "caddy" / "Caddyfile").read_text()
    nginx = (DEPLOY / "nginx" / "registry-proxy.inc").read_text()
    headers = dict(re.findall(r'^add_header (\S+) (".+") always;$', nginx, re.M))
    assert set(HEADERS) == {name.lower() for name in headers}
    for name, value in headers.items():
        assert f"\t\t{name} {value}\n" in caddy
    assert re.search(r'header_down Set-Cookie .*; Secure"', caddy)
    assert "max_size 21MB" in caddy
    assert "client_max_body_size 21m" in nginx
    for port in ("8501", "8502"):
        assert port in caddy


COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
UNITS = sorted(path.name for path in (DEPLOY / "systemd").glob("mst-*.*") if path.is_file())


@pytest.mark.requirement("ACC-10")
@pytest.mark.parametrize("name", UNITS)
def test_units_call_commands_that_exist(name: str) -> None:
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string((DEPLOY / "systemd" / name).read_text())
    if name.endswith(".timer"):
        assert (DEPLOY / "systemd" / name.replace(".timer", ".service")).is_file()
        return
    service = unit["Service"]
    assert service["User"] == "mst"
    program, *words = service["ExecStart"].split()
    assert program.endswith("/.venv/bin/mst")
    known = {option for parameter in COMMANDS[words[0]].params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known


@pytest.mark.requirement("ACC-10")
def test_systemd_accepts_the_units_and_finds_them_little_exposed(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed")
    folder = tmp_path / "units"
    shutil.copytree(DEPLOY / "systemd", folder)
    for path in folder.glob("*.service"):
        # the program is not installed where the tests run; all else is as shipped
        path.write_text(
            path.read_text().replace("/opt/microtransplant-registry/.venv/bin/mst", "/bin/true")
        )
    for name in UNITS:
        told = subprocess.run(
            [analyze, "verify", folder / name], capture_output=True, text=True, cwd=folder
        )
        assert (told.returncode, told.stderr) == (0, "")
    for name in (n for n in UNITS if n.endswith(".service")):
        told = subprocess.run(
            [analyze, "security", "--offline=yes", "--threshold=25", folder / name],
            capture_output=True, text=True, cwd=folder,
        )  # fmt: skip
        assert told.returncode == 0, told.stdout[-300:]
