"""The first catalog: snapshots, what is current, runs, keys of assets as rows, the audit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables of the first version."""
    op.create_table(
        "snapshot",
        sa.Column("snapshot_id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("version", sa.String, nullable=False),
        sa.Column("accepted_at", sa.DateTime, nullable=False),
        sa.Column("who", sa.String, nullable=False),
        sa.Column("manifest", sa.JSON, nullable=False),
    )
    op.create_index("ix_snapshot_kind", "snapshot", ["kind"])
    op.create_table(
        "current_layer",
        sa.Column("kind", sa.String, primary_key=True),
        sa.Column("snapshot_id", sa.Integer, sa.ForeignKey("snapshot.snapshot_id"), nullable=False),
    )
    op.create_table(
        "run",
        sa.Column("run_id", sa.String, primary_key=True),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("seed", sa.Integer, nullable=False),
        sa.Column("who", sa.String, nullable=False),
        sa.Column("inputs", sa.JSON, nullable=False),
    )
    op.create_index("ix_run_created_at", "run", ["created_at"])
    op.create_table(
        "asset_key",
        sa.Column("key_id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("source_id", sa.String),
        sa.Column("name_key", sa.String, nullable=False),
        sa.Column("place", sa.JSON),
        sa.Column("asset_id", sa.String, nullable=False),
    )
    op.create_index("ix_asset_key_kind", "asset_key", ["kind"])
    op.create_index("ix_asset_key_asset_id", "asset_key", ["asset_id"])
    op.create_table(
        "audit",
        sa.Column("audit_id", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("who", sa.String, nullable=False),
        sa.Column("verb", sa.String, nullable=False),
        sa.Column("detail", sa.JSON, nullable=False),
    )
