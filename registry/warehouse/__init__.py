"""dbt builds, the models replayed on an upload, and the pointer to the files that are served."""

from registry.duck import open_locked as connect
from registry.warehouse.bench import Bench
from registry.warehouse.build import build, consensus_vars
from registry.warehouse.replay import Replay
from registry.warehouse.runner import DbtError, Warehouse
from registry.warehouse.score import score
from registry.warehouse.shelf import Build, current

__all__ = [
    "Bench",
    "Build",
    "DbtError",
    "Replay",
    "Warehouse",
    "build",
    "connect",
    "consensus_vars",
    "current",
    "score",
]
