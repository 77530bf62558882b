"""What a file last said of an entry, so that an import never overwrites what staff changed or confirmed since.

What was loaded before this table existed is taken from the first state of its history.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "imported_entry",
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("entry_id", sa.String(length=64), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "entry_id", name=op.f("pk_imported_entry")),
    )
    op.execute(
        "insert into imported_entry (kind, entry_id, facts, read_at)"
        " select kind, entry_id, after, changed_at from knowledge_change where id in"
        " (select min(id) from knowledge_change where kind in ('resource', 'answer') group by kind, entry_id)"
        " and staff_id is null and (before is null or cast(before as text) = 'null')"
    )


def downgrade() -> None:
    op.drop_table("imported_entry")
