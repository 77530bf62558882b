"""Worry reports without senders; deliveries that leave no trace."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "worry_report",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("form_key", sa.String(length=22), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("band", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        sa.Column("seen", sa.LargeBinary(), nullable=True),
        sa.Column("since", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("answer_due_on", sa.Date(), nullable=False),
        sa.Column("household", sa.String(length=22), nullable=True),
        sa.Column("outcome", sa.LargeBinary(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("code_place", sa.String(length=8), nullable=False),
        sa.Column("code_hash", sa.String(length=128), nullable=False),
        sa.CheckConstraint("state in ('new', 'answered', 'closed')", name=op.f("ck_worry_report_state")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_worry_report_area_id_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worry_report")),
        sa.UniqueConstraint("form_key", name=op.f("uq_worry_report_form_key")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("worry_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_worry_report_area_id"), ["area_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_worry_report_closed_on"), ["closed_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_worry_report_code_place"), ["code_place"], unique=False)
        batch_op.create_index(batch_op.f("ix_worry_report_household"), ["household"], unique=False)
        batch_op.create_index(batch_op.f("ix_worry_report_kind"), ["kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_worry_report_state"), ["state"], unique=False)

    op.create_table(
        "outreach_visit",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("report_id", sa.String(length=22), nullable=False),
        sa.Column("visitor", sa.LargeBinary(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("found", sa.LargeBinary(), nullable=True),
        sa.Column("next_step", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["worry_report.id"],
            name=op.f("fk_outreach_visit_report_id_worry_report"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outreach_visit")),
    )
    with op.batch_alter_table("outreach_visit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outreach_visit_report_id"), ["report_id"], unique=False)

    op.create_table(
        "worry_word",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("report_id", sa.String(length=22), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("speaker", sa.String(length=8), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("speaker in ('reporter', 'staff')", name=op.f("ck_worry_word_speaker")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["worry_report.id"], name=op.f("fk_worry_word_report_id_worry_report"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worry_word")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("worry_word", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_worry_word_report_id"), ["report_id"], unique=False)

    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_passing", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_column("is_passing")

    with op.batch_alter_table("worry_word", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_worry_word_report_id"))

    op.drop_table("worry_word")
    with op.batch_alter_table("outreach_visit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outreach_visit_report_id"))

    op.drop_table("outreach_visit")
    with op.batch_alter_table("worry_report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_worry_report_state"))
        batch_op.drop_index(batch_op.f("ix_worry_report_kind"))
        batch_op.drop_index(batch_op.f("ix_worry_report_household"))
        batch_op.drop_index(batch_op.f("ix_worry_report_code_place"))
        batch_op.drop_index(batch_op.f("ix_worry_report_closed_on"))
        batch_op.drop_index(batch_op.f("ix_worry_report_area_id"))

    op.drop_table("worry_report")
