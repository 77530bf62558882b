"""Everybody in a group agrees anew when somebody joins; those who are together already have agreed."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("checkin_plan", sa.Column("group_ok_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE checkin_plan SET group_ok_at = (SELECT max(group_joined_at) FROM checkin_plan) "
        "WHERE group_id IS NOT NULL"
    )


def downgrade() -> None:
    with op.batch_alter_table("checkin_plan", schema=None, recreate="never") as batch_op:
        batch_op.drop_column("group_ok_at")
