"""Synonyms that staff can edit, what residents looked for, and why a question is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "looked_for",
        sa.Column("looked_on", sa.Date(), nullable=False),
        sa.Column("category", sa.String(length=64), nullable=False),
        sa.Column("area_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("looked_on", "category", "area_id", name=op.f("pk_looked_for")),
    )
    op.create_table(
        "synonym",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("everyday", sa.String(length=100), nullable=False),
        sa.Column("means", sa.String(length=200), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("added_by", sa.Integer(), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_by", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_synonym")),
        sa.UniqueConstraint("everyday", "means", name=op.f("uq_synonym_everyday_means")),
    )
    with op.batch_alter_table("unanswered_question", schema=None) as batch_op:
        batch_op.add_column(sa.Column("because", sa.String(length=10), nullable=False, server_default="unanswered"))
        batch_op.create_check_constraint(
            op.f("ck_unanswered_question_because"), "because in ('unanswered', 'not_this')"
        )


def downgrade() -> None:
    with op.batch_alter_table("unanswered_question", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_unanswered_question_because"), type_="check")
        batch_op.drop_column("because")
    op.drop_table("synonym")
    op.drop_table("looked_for")
