"""${message}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Bring a catalog from ``down_revision`` to ``revision``."""
    ${upgrades if upgrades else "pass"}
