"""Curating the knowledge base: dated exceptions of hours, what to confirm, versions, deeds, settled questions, needs."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("resource", schema=None) as batch_op:
        batch_op.add_column(sa.Column("special_days", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("to_confirm", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("proposed_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_internal", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("paused_message", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("to_confirm", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    with op.batch_alter_table("knowledge_change", schema=None) as batch_op:
        batch_op.add_column(sa.Column("deed", sa.String(length=16), server_default="changed", nullable=False))
    with op.batch_alter_table("unanswered_question", schema=None) as batch_op:
        batch_op.add_column(sa.Column("settled_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("settled_as", sa.String(length=8), server_default="", nullable=False))
        batch_op.create_index(batch_op.f("ix_unanswered_question_settled_on"), ["settled_on"], unique=False)
    op.create_table(
        "council_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("need", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state in ('new', 'discussed', 'working', 'done', 'dropped')", name=op.f("ck_council_item_state")
        ),
        sa.ForeignKeyConstraint(
            ["area_id"], ["area.id"], name=op.f("fk_council_item_area_id_area"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_council_item")),
    )
    with op.batch_alter_table("council_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_council_item_state"), ["state"], unique=False)


def downgrade() -> None:
    op.drop_table("council_item")
    with op.batch_alter_table("unanswered_question", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unanswered_question_settled_on"))
        batch_op.drop_column("settled_as")
        batch_op.drop_column("settled_on")
    with op.batch_alter_table("knowledge_change", schema=None) as batch_op:
        batch_op.drop_column("deed")
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.drop_column("version")
        batch_op.drop_column("to_confirm")
        batch_op.drop_column("paused_message")
        batch_op.drop_column("is_internal")
    with op.batch_alter_table("resource", schema=None) as batch_op:
        batch_op.drop_column("version")
        batch_op.drop_column("proposed_on")
        batch_op.drop_column("to_confirm")
        batch_op.drop_column("special_days")
