"""What Alembic runs: the scripts of ``versions/``, in the transaction that :func:`layers.migrations.upgrade` began."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
