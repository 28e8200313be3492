"""Runs dbt in this process: quiet, with all its files under `MST_HOME`, one run at a time."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from registry.disclosure import policy

PROJECT = Path(__file__).resolve().parents[2] / "dbt"

_THREADS = "MST_BUILD_THREADS"  # how many DuckDB may use; every core, unless it is set

# dbt keeps its flags, its adapters and the environment it sees in the process.
_ONE_AT_A_TIME = threading.Lock()


def project_variables(
    consensus: Mapping[str, Any], release: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The variables of `dbt_project.yml`: those of the consensus, disclosure policy, release."""
    return {
        **consensus,
        "disclosure": policy().as_vars(),
        "release": dict(release or {}),
    }


def project_fingerprint(variables: Mapping[str, Any]) -> str:
    """Changes with a model, a macro, the project file, dbt itself, or a variable but the release's words."""
    telling = {name: value for name, value in variables.items() if name != "release"}
    digest = hashlib.sha256(json.dumps(telling, sort_keys=True).encode())
    for package in ("dbt-core", "dbt-duckdb"):
        digest.update(version(package).encode())
    for path in sorted(p for p in PROJECT.rglob("*") if p.suffix in (".sql", ".yml", ".py")):
        digest.update(str(path.relative_to(PROJECT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


class DbtError(RuntimeError):
    """dbt did not succeed; the message names the models and tests that failed."""


@dataclass(frozen=True)
class Warehouse:
    """The three files of a folder. Their stems are what dbt and SQL call them."""

    folder: Path

    @property
    def steward(self) -> Path:
        return self.folder / "steward.duckdb"

    @property
    def analyst(self) -> Path:
        return self.folder / "analyst.duckdb"

    @property
    def public(self) -> Path:
        return self.folder / "public.duckdb"

    def files(self) -> tuple[Path, Path, Path]:
        return self.steward, self.analyst, self.public


def run_dbt(
    command: Sequence[str],
    *,
    warehouse: Warehouse,
    variables: Mapping[str, Any],
    scratch: Path,
    cache: Path,
    on_done: Callable[[str], None] | None = None,
    on_target: Callable[[Path], object] | None = None,
) -> list[Any]:
    """Runs a dbt command on the files of `warehouse` and returns dbt's node results in order.

    Raises `DbtError` with the names of what failed, `OSError` for a full disk. `scratch` takes target and logs for the time
    of the run; `cache` keeps what dbt read of the project, which takes it longer than a small build; `on_done` hears
    the name of every finished model, and `on_target` where dbt wrote its files, before they go.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    kept = cache / f"dbt-{project_fingerprint(variables)}.msgpack"
    with (
        tempfile.TemporaryDirectory(dir=scratch) as target,
        _ONE_AT_A_TIME,
        _environment(warehouse),
    ):
        from dbt.cli.main import dbtRunner  # 3 to 5 seconds

        runner = dbtRunner(_read(kept), callbacks=[_listener(on_done)] if on_done else [])
        outcome = runner.invoke([*command, *_options(Path(target), variables)])
        _close_files()
        _keep(Path(target) / "partial_parse.msgpack", kept)
        if outcome.success and on_target:
            on_target(Path(target))
    results = list(getattr(outcome.result, "results", None) or [])
    if not outcome.success:
        complaint = _complaint(outcome.exception, results)
        if (full := os.strerror(errno.ENOSPC)) in complaint:
            raise OSError(errno.ENOSPC, full)
        raise DbtError(complaint)
    return results


def _read(kept: Path) -> Any:
    """The project as dbt read it earlier, or None."""
    from dbt.contracts.graph.manifest import Manifest

    if not kept.exists():
        return None
    manifest = Manifest.from_msgpack(kept.read_bytes())
    manifest.build_flat_graph()
    return manifest


def _keep(parsed: Path, kept: Path) -> None:
    if parsed.exists() and not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        aside = kept.with_name(f".{parsed.parent.name}")
        shutil.copyfile(parsed, aside)
        os.replace(aside, kept)


def _options(target: Path, variables: Mapping[str, Any]) -> list[str]:
    return [
        "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT),
        "--target-path", str(target), "--log-path", str(target),
        "--vars", json.dumps(dict(variables)),
        "--quiet", "--no-print", "--no-use-colors", "--log-level", "none",
        "--log-level-file", "none", "--no-version-check", "--no-send-anonymous-usage-stats",
    ]  # fmt: skip


@contextmanager
def _environment(warehouse: Warehouse) -> Iterator[None]:
    """profiles.yml reads the files from the environment; put back what was there."""
    names = ("MST_STEWARD_FILE", "MST_ANALYST_FILE", "MST_PUBLIC_FILE")
    told = dict(zip(names, map(str, warehouse.files()), strict=True))
    told[_THREADS] = os.environ.get(_THREADS) or str(os.cpu_count())
    before = {name: os.environ.get(name) for name in told}
    os.environ.update(told)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _close_files() -> None:
    """The adapter keeps its connection for the life of the process, and with it the file locks."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    DuckDBConnectionManager.close_all_connections()


def _listener(on_done: Callable[[str], None]) -> Callable[[Any], None]:
    def hear(event: Any) -> None:
        if event.info.name == "NodeFinished" and event.data.node_info.resource_type == "model":
            on_done(str(event.data.node_info.node_name))

    return hear


def _complaint(exception: BaseException | None, results: Sequence[Any]) -> str:
    failed = [r for r in results if str(r.status) in ("error", "fail", "runtime error")]
    if failed:
        return "; ".join(f"{r.node.name}: {' '.join(str(r.message).split())}" for r in failed)
    return str(exception) if exception else "dbt failed without saying why"
