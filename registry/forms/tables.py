"""The tables behind the forms: each form's columns plus what makes a row a version.

Nothing is updated in place. A row's current state is its latest version; the registry as of an
earlier submission is every row's latest version up to that submission.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger, Column, Identity, Index, Table, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel
from sqlmodel.main import SQLModelMetaclass

from registry.forms import FORMS
from registry.forms.base import CenterForm

SCHEMA = "crf"


class RowVersion(SQLModel):
    """What every stored row carries besides the answers of its form.

    A version that is `deleted` says that the row is gone from then on; what it held before stays.
    """

    row_version: int | None = Field(
        default=None, sa_type=BigInteger, primary_key=True, sa_column_args=[Identity(always=True)]
    )
    submission_id: int = Field(sa_type=BigInteger, foreign_key="registry.submission.submission_id")
    content_sha256: str
    missing: dict[str, str] = Field(sa_type=JSONB, sa_column_kwargs={"server_default": "{}"})
    deleted: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    change_reason: str | None = None


def _stored(form: type[CenterForm]) -> Table:
    constraint = UniqueConstraint(*form.key(), "submission_id", name=f"{form.form}_version")
    namespace: dict[str, Any] = {
        "__module__": __name__,
        "__tablename__": form.form,
        "__table_args__": (
            constraint,
            Index(f"{form.form}_submission", "submission_id"),
            {"schema": SCHEMA},
        ),
    }
    model: Any = SQLModelMetaclass(
        f"Stored{form.__name__}", (form, RowVersion), namespace, table=True
    )
    table: Table = model.__table__
    for column in table.columns:
        _require_keys(column, form)
    return table


def _require_keys(column: Column[Any], form: type[CenterForm]) -> None:
    if column.name in form.columns():
        column.nullable = column.name not in form.key()


TABLES: Mapping[str, Table] = {name: _stored(form) for name, form in FORMS.items()}
