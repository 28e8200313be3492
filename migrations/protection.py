"""Row-level security for a table with a center: the same three policies everywhere."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import op


@contextmanager
def as_owner() -> Iterator[None]:
    """Create tables as the owner role; Alembic keeps its own version table as the login."""
    op.execute("set local role mst_owner")
    yield
    op.execute("set local role none")


def protect(table: str) -> None:
    """Force row-level security: the application sees and adds one center, a release reads all."""
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(
        f"create policy center on {table} to mst_app "
        "using (center_id = current_setting('mst.center', true)) "
        "with check (center_id = current_setting('mst.center', true))"
    )
    op.execute(f"create policy release on {table} for select to mst_reader using (true)")
    op.execute(f"grant select, insert on {table} to mst_app")
    op.execute(f"grant select on {table} to mst_reader")
