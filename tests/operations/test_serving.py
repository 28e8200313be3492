"""The dashboards as they are served: loopback, protections on, and an error that shows a number."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from registry.serving import DASHBOARDS, command, environment
from tests.chromium import free_port
from tests.operations.serving import HOSTILE, get, listening, running, sinkhole, websocket

CANARY = "Zebra-Quagga"
NUMBER = re.compile(r"number ([0-9a-f]{8})")


@pytest.mark.requirement("ACC-11")
def test_no_variable_of_the_machine_changes_the_settings() -> None:
    _, _, _, _, _, *options = command("portal", 8501, "portal.example.org")
    shown = subprocess.run(
        [sys.executable, "-m", "dashboards.run", "config", "show", *options],
        env=os.environ | HOSTILE, cwd=DASHBOARDS.parent, capture_output=True, text=True, check=True,
    )  # fmt: skip
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown.stdout)
    found = tomllib.loads(plain[plain.index("[global]") :])
    server, client = found["server"], found["client"]
    assert server["address"] == "127.0.0.1"
    assert server["enableXsrfProtection"] is True
    assert server["enableCORS"] is True
    assert server["enableAgentApi"] is False
    assert (server["maxUploadSize"], server["maxMessageSize"]) == (20, 50)
    assert set(server["allowedHosts"]) == {"127.0.0.1", "localhost", "portal.example.org"}
    assert found["browser"] == {"gatherUsageStats": False, "serverAddress": "portal.example.org"}
    assert client["showErrorDetails"] == "none"
    assert str(client["showErrorLinks"]).casefold() == "false"


@pytest.mark.requirement("ACC-10", "ACC-11", "SUP-05")
def test_a_dashboard_listens_on_loopback_for_its_own_name_and_asks_nobody(
    database: None, tmp_path: Path
) -> None:
    port, name = free_port(), "portal.example.org"
    with (
        sinkhole() as (proxies, asked),
        running("portal", port, name, tmp_path / "log", **proxies),
    ):
        assert listening(port) == {"0100007F"}
        own = websocket(port, host=name, origin=f"https://{name}")
        foreign = websocket(port, host=name, origin="https://evil.example.com")
        rebound = websocket(port, host="evil.example.com", origin=f"https://{name}")
        assert (own, foreign, rebound) == (101, 403, 403)
        assert get(port, "/_stcore/agent/interact") in {403, 404, 405}
    assert asked == []


@pytest.mark.requirement("SUP-05")
def test_the_sinkhole_notes_who_asks() -> None:
    with sinkhole() as (proxies, asked):
        question = "import urllib.request as r; r.urlopen('http://example.org/', timeout=5)"
        subprocess.run(
            [sys.executable, "-c", question], env=os.environ | proxies, capture_output=True
        )
    assert asked == [b"GET http://example.org/ HTTP/1.1"]


@pytest.mark.requirement("ACC-11")
def test_each_page_knows_only_what_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MST_DATABASE_URL", "MST_OWNER_DATABASE_URL", "PGPASSWORD"):
        monkeypatch.setenv(name, "secret")
    assert "secret" not in environment("public").values()
    assert "secret" not in environment("center").values()
    assert "MST_HOME" not in environment("public")
    assert environment("portal")["MST_DATABASE_URL"] == "secret"
    assert "MST_OWNER_DATABASE_URL" not in environment("portal")


@pytest.mark.requirement("ACC-11", "ACC-15")
def test_an_exception_in_a_page_shows_a_number_and_logs_it_without_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The public page over a file that is no database: DuckDB's message would name it."""
    broken = tmp_path / CANARY
    broken.mkdir()
    (broken / "public.duckdb").write_bytes(b"no database " * 1000)
    (tmp_path / "current.json").write_text(f'{{"build": "{CANARY}"}}')
    monkeypatch.setenv("MST_PUBLIC_POINTER", str(tmp_path / "current.json"))
    with caplog.at_level(logging.DEBUG):
        page = AppTest.from_file(str(DASHBOARDS / "public" / "app.py"), default_timeout=60).run()
    assert not page.exception
    (number,) = NUMBER.findall(page.error[0].value)
    logged = [r.getMessage() for r in caplog.records if r.name == "registry.pages"]
    assert len(logged) == 1
    assert re.fullmatch(
        rf"fault {number}: \w+Exception at dashboards/public/app.py:\d+ .*", logged[0]
    )
    assert CANARY not in caplog.text + page.error[0].value


@pytest.mark.requirement("ACC-11")
@pytest.mark.parametrize("which", ["portal", "public", "center"])
def test_every_dashboard_runs_within_the_guard(which: str) -> None:
    page = (DASHBOARDS / which / "app.py").read_text()
    assert re.search(r"\nwith told_by_number\(\).*:\n    main\(\)\n\Z", page)
