"""Alembic's entry: our tables, our engine, one transaction."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import text
from sqlalchemy.types import TypeDecorator

from bot.store.engine import make_engine
from bot.store.tables import Base

ONE_AT_A_TIME = 7_390_424_431  # names the advisory lock that keeps two starting processes apart


def stored_type(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Migrations name what the database stores (`LargeBinary`), so they stay true when our column types move."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


engine = make_engine(context.config.attributes["url"], pool_size=1)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=stored_type,
        transactional_ddl=True,  # SQLite as well, since we say BEGIN ourselves: all of an upgrade, or nothing
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
        context.run_migrations()
engine.dispose()
