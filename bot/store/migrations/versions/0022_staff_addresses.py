"""The addresses of staff are encrypted and found by a keyed hash; what rate limits count when processes count together.

The column that held addresses in the clear holds the hash from now on: SQLite can rename a column in place, while to
rebuild `staff` would drop it, and with it what refers to it. Needs DATA_KEYS when there are accounts.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from bot.store import ciphers

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

staff = sa.table(
    "staff", sa.column("id", sa.Integer), sa.column("email_hash", sa.String), sa.column("email", sa.LargeBinary)
)
secrets = sa.table("stored_secret", sa.column("name", sa.String), sa.column("value", sa.LargeBinary))


def upgrade() -> None:
    op.execute("ALTER TABLE staff RENAME COLUMN email TO email_hash")
    op.add_column("staff", sa.Column("email", sa.LargeBinary(), server_default=sa.text("''"), nullable=False))
    connection = op.get_bind()
    rows = connection.execute(sa.select(staff.c.id, staff.c.email_hash)).all()
    secret = lookup_secret(connection) if rows else b""
    for one, address in rows:
        connection.execute(
            sa.update(staff)
            .where(staff.c.id == one)
            .values(
                email=ciphers.encrypt(address.encode()),
                email_hash=ciphers.keyed_hash(secret, "staff email", address.strip().lower()),
            )
        )
    op.create_table(
        "rate_count",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rate_count")),
    )
    op.create_index(op.f("ix_rate_count_expires_at"), "rate_count", ["expires_at"])


def lookup_secret(connection: Any) -> bytes:
    """The secret behind keyed hashes; made now if nothing has asked for it before."""
    kept = connection.scalar(sa.select(secrets.c.value).where(secrets.c.name == "lookup"))
    if kept is not None:
        return ciphers.decrypt(bytes(kept))
    fresh = ciphers.fresh_secret().encode()
    connection.execute(sa.insert(secrets).values(name="lookup", value=ciphers.encrypt(fresh)))
    return fresh


def downgrade() -> None:
    op.drop_table("rate_count")
    connection = op.get_bind()
    for one, sealed in connection.execute(sa.select(staff.c.id, staff.c.email)).all():
        address = ciphers.decrypt(bytes(sealed)).decode()
        connection.execute(sa.update(staff).where(staff.c.id == one).values(email_hash=address))
    op.drop_column("staff", "email")
    op.execute("ALTER TABLE staff RENAME COLUMN email_hash TO email")
