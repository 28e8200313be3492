"""`make bench`: each line is ours, another way to do the same or less, and the ratio between them."""

from __future__ import annotations

import logging
import os
import tempfile
from pathlib import Path


def main() -> None:
    logging.disable(logging.WARNING)  # what libraries say on the way would hide the lines
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MST_HOME"] = folder
        from benchmarks import curves, intake, pages, warehouse
        from registry import store

        intake.run(Path(folder))
        warehouse.warehouse_build(Path(folder))
        warehouse.verdicts(Path(folder))
        curves.curves(Path(folder))
        pages.pages(Path(folder))
        store.dispose_engines()


main()
