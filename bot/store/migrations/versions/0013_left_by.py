"""A case that went back for its owner's silence is not assigned to them again."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("consultation_case", sa.Column("left_by", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("consultation_case", schema=None, recreate="never") as batch_op:
        batch_op.drop_column("left_by")
