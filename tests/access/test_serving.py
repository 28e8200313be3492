"""The portal listens on loopback only, refuses plain http from elsewhere, and guards its provider's secrets."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dashboards.portal.transport import is_private
from registry.cli import app
from registry.serving import OpenIdFileError, command, openid_file

AUTH = """[auth]
redirect_uri = "https://registry.example.org/oauth2callback"
cookie_secret = "c"
client_id = "registry"
client_secret = "s"
server_metadata_url = "https://id.example.org/.well-known/openid-configuration"
"""


@pytest.fixture
def openid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MST_HOME", str(tmp_path))
    path = tmp_path / "openid.toml"
    path.write_text(AUTH)
    path.chmod(0o600)
    return path


@pytest.mark.requirement("ACC-10")
@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("https://registry.example.org/send", True),
        ("http://localhost:8501/send", True),
        ("http://127.0.0.1:8501", True),
        ("http://[::1]:8501/", True),
        ("http://portal.localhost:8501/", True),
        ("http://registry.example.org/send", False),
        ("http://10.0.0.7:8501/", False),
        ("http://localhost.example.org/", False),
        ("http://127.0.0.1.example.org/", False),
        ("http://", False),
        ("", False),
    ],
)
def test_plain_http_is_only_for_this_very_machine(address: str, private: bool) -> None:
    assert is_private(address) is private


@pytest.mark.requirement("ACC-10")
@pytest.mark.parametrize("which", ["portal", "public"])
def test_a_dashboard_is_told_to_listen_on_loopback_alone(which: str, openid: Path) -> None:
    words = command(which, 8501)
    (host,) = [w.partition("=")[2] for w in words if w.startswith("--server.address=")]
    with socket.socket() as listener:
        listener.bind((host, 0))
        assert listener.getsockname()[0] == "127.0.0.1"


@pytest.mark.requirement("ACC-08")
def test_only_the_portal_is_given_the_providers_secrets(openid: Path) -> None:
    assert f"--secrets.files={openid}" in command("portal", 8501)
    assert not any("secrets" in word for word in command("public", 8501))
    openid.unlink()
    assert openid_file() == openid  # without the file people sign in by password


@pytest.mark.requirement("ACC-08")
@pytest.mark.parametrize(
    ("content", "mode", "why"),
    [
        (AUTH, 0o640, "Other people may read"),
        (AUTH, 0o604, "Other people may read"),
        ("[auth", 0o600, "not written as TOML"),
        (
            "",
            0o600,
            "lacks redirect_uri, cookie_secret, client_id, client_secret, server_metadata_url",
        ),
        (AUTH.replace('"c"', '""'), 0o600, "lacks cookie_secret under"),
    ],
)
def test_a_file_that_cannot_be_used_stops_the_portal_with_its_fault(
    openid: Path, content: str, mode: int, why: str
) -> None:
    openid.write_text(content)
    openid.chmod(mode)
    with pytest.raises(OpenIdFileError, match=why):
        command("portal", 8501)
    told = CliRunner().invoke(app, ["serve", "portal"])
    assert told.exit_code == 2
    assert why in told.output.replace("\n", " ")
