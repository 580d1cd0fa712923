"""Whose personal data were erased, so that the same file does not bring them back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the new table; what was erased before is not known any more."""
    op.create_table(
        "personal_erasure",
        sa.Column("asset_id", sa.String, primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("who", sa.String, nullable=False),
    )
