"""dbt's own pages of the warehouse: every model with its columns, its SQL and what it is made from."""

from __future__ import annotations

import tempfile
from pathlib import Path

from registry.warehouse.build import consensus_vars
from registry.warehouse.runner import Warehouse, project_variables, run_dbt


def write_pages(path: Path, home: Path) -> None:
    """One file for any browser; tells of the models and holds no data. Raises DbtError."""
    scratch = home / "cache" / "dbt"
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=scratch) as nowhere:
        run_dbt(
            ["docs", "generate", "--static", "--empty-catalog"],
            warehouse=Warehouse(Path(nowhere)), variables=project_variables(consensus_vars()),
            scratch=scratch, cache=home / "cache", on_target=lambda target: _take(target, path),
        )  # fmt: skip


def _take(target: Path, path: Path) -> None:
    # where it was made is nobody's business
    path.write_text(
        (target / "static_index.html").read_text("utf-8").replace(f"{target}/", ""), "utf-8"
    )
