"""What each person on call is told of; the cases that are there already are no news to them."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("on_call", sa.Column("hears_handoffs", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("on_call", sa.Column("is_supervisor", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute("UPDATE consultation_case SET alerted_at = opened_at WHERE danger = '' AND alerted_at IS NULL")


def downgrade() -> None:
    with op.batch_alter_table("on_call", schema=None, recreate="never") as batch_op:
        batch_op.drop_column("is_supervisor")
        batch_op.drop_column("hears_handoffs")
