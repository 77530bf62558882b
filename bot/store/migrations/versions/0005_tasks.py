"""Tasks: what a person must do."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("need", sa.String(length=96), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("worry_id", sa.String(length=22), nullable=True),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("for_staff_id", sa.Integer(), nullable=True),
        sa.Column("accepted_by", sa.Integer(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Integer(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.String(length=24), nullable=True),
        sa.Column("outcome", sa.LargeBinary(), nullable=True),
        sa.Column("patience_minutes", sa.Integer(), nullable=True),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("climbed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("climbs_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state in ('open', 'accepted', 'done', 'dropped')", name=op.f("ck_task_state")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["consultation_case.id"], name=op.f("fk_task_case_id_consultation_case"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_task_resident_id_resident"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.UniqueConstraint("need", name=op.f("uq_task_need")),
    )
    with op.batch_alter_table("task", schema=None) as batch_op:
        for name in ("resident_id", "case_id", "worry_id", "plan_id", "round_id"):
            batch_op.create_index(batch_op.f(f"ix_task_{name}"), [name], unique=False)
        climbing = sa.text("climbs_at is not null")
        batch_op.create_index(
            "ix_task_climbs", ["climbs_at"], unique=False, sqlite_where=climbing, postgresql_where=climbing
        )
        to_do = sa.text("state in ('open', 'accepted')")
        batch_op.create_index("ix_task_to_do", ["due_at"], unique=False, sqlite_where=to_do, postgresql_where=to_do)


def downgrade() -> None:
    op.drop_table("task")
