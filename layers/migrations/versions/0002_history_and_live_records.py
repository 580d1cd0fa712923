"""Keys of assets as files; aliases, changes between snapshots, answers about matches, personal data."""

from __future__ import annotations

import pyarrow as pa
import sqlalchemy as sa
from alembic import context, op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the new tables and move the keys."""
    op.create_table(
        "asset_key_file",
        sa.Column("file_id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("version", sa.String, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
    )
    op.create_index("ix_asset_key_file_kind", "asset_key_file", ["kind"])
    _move_keys()
    op.drop_table("asset_key")
    op.create_table(
        "asset_alias",
        sa.Column("former", sa.String, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("asset_id", sa.String, nullable=False),
    )
    op.create_index("ix_asset_alias_kind", "asset_alias", ["kind"])
    op.create_table(
        "snapshot_change",
        sa.Column("snapshot_id", sa.Integer, sa.ForeignKey("snapshot.snapshot_id"), primary_key=True),
        sa.Column("verb", sa.String, nullable=False),
        sa.Column("added", sa.Integer),
        sa.Column("removed", sa.Integer),
    )
    op.create_table(
        "match_decision",
        sa.Column("kind", sa.String, primary_key=True),
        sa.Column("pair_key", sa.String, primary_key=True),
        sa.Column("one", sa.String, nullable=False),
        sa.Column("other", sa.String, nullable=False),
        sa.Column("same", sa.Boolean, nullable=False),
        sa.Column("who", sa.String, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "personal",
        sa.Column("asset_id", sa.String, primary_key=True),
        sa.Column("field", sa.String, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("value", sa.String, nullable=False),
        sa.Column("erasable", sa.Boolean, nullable=False),
    )
    op.create_index("ix_personal_kind", "personal", ["kind"])


def _move_keys() -> None:
    """Put the keys of each kind into one file, in the order in which they came."""
    old = sa.table(
        "asset_key",
        sa.column("key_id", sa.Integer),
        *(sa.column(name, sa.String) for name in ("kind", "source", "source_id", "name_key", "asset_id")),
        sa.column("place", sa.JSON),
    )
    files = sa.table("asset_key_file", *(sa.column(name) for name in ("kind", "version", "count")))
    connection = op.get_bind()
    for kind in connection.scalars(sa.select(old.c.kind).distinct().order_by(old.c.kind)).all():
        rows = connection.execute(sa.select(old).where(old.c.kind == kind).order_by(old.c.key_id)).mappings().all()
        places = [row["place"] or (None, None) for row in rows]
        columns = {name: pa.array([row[name] for row in rows], pa.string()) for name in ("source", "source_id")}
        columns["name_key"] = pa.array([row["name_key"] for row in rows], pa.string())
        columns["lon"] = pa.array([place[0] for place in places], pa.float64())
        columns["lat"] = pa.array([place[1] for place in places], pa.float64())
        columns["asset_id"] = pa.array([row["asset_id"] for row in rows], pa.string())
        written = context.config.attributes["put_keys"](kind, pa.table(columns))
        connection.execute(files.insert().values(kind=kind, version=written, count=len(rows)))
