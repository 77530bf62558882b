"""Queues, duty, the work on a case: drafts, mentions, participants, referrals; the stream of changes.

Columns are added in place: to rebuild `consultation_case` on SQLite would drop it, and with it what refers to it.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("case_note", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=8), server_default="note", nullable=False))
        batch_op.alter_column("staff_id", existing_type=sa.INTEGER(), nullable=True)

    op.create_table(
        "canned_reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("topic", sa.String(length=32), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_reply")),
        sa.UniqueConstraint("name", name=op.f("uq_canned_reply_name")),
    )
    op.add_column("utterance", sa.Column("staff_id", sa.Integer(), nullable=True))
    queues = op.create_table(
        "case_queue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("area_ids", sa.JSON(), nullable=False),
        sa.Column("assigns", sa.String(length=9), nullable=False),
        sa.Column("target_minutes", sa.Integer(), nullable=False),
        sa.Column("return_minutes", sa.Integer(), nullable=False),
        sa.Column("is_catch_all", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("assigns in ('pull', 'automatic')", name=op.f("ck_case_queue_assigns")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_queue")),
        sa.UniqueConstraint("name", name=op.f("uq_case_queue_name")),
    )
    op.create_table(
        "desk_change",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_change")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("desk_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_desk_change_at"), ["at"], unique=False)

    op.create_table(
        "duty",
        sa.Column("staff_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_duty")),
    )
    op.create_table(
        "queue_member",
        sa.Column("queue_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["queue_id"], ["case_queue.id"], name=op.f("fk_queue_member_queue_id_case_queue"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("queue_id", "staff_id", name=op.f("pk_queue_member")),
    )
    with op.batch_alter_table("queue_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_queue_member_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "case_draft",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["consultation_case.id"],
            name=op.f("fk_case_draft_case_id_consultation_case"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("case_id", "staff_id", name=op.f("pk_case_draft")),
    )
    op.create_table(
        "case_participant",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["consultation_case.id"],
            name=op.f("fk_case_participant_case_id_consultation_case"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("case_id", "staff_id", name=op.f("pk_case_participant")),
    )
    with op.batch_alter_table("case_participant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_participant_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "referral",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.String(length=64), nullable=True),
        sa.Column("agency", sa.LargeBinary(), nullable=False),
        sa.Column("told", sa.LargeBinary(), nullable=False),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(length=13), nullable=False),
        sa.Column("result_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ask_on", sa.Date(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=7), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("answer in ('yes', 'not_yet', 'no')", name=op.f("ck_referral_answer")),
        sa.CheckConstraint(
            "result in ('open', 'contacted', 'connected', 'not_connected')", name=op.f("ck_referral_result")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["consultation_case.id"],
            name=op.f("fk_referral_case_id_consultation_case"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
    )
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_referral_ask_on"), ["ask_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_referral_case_id"), ["case_id"], unique=False)

    op.create_table(
        "mention",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["consultation_case.id"], name=op.f("fk_mention_case_id_consultation_case"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["note_id"], ["case_note.id"], name=op.f("fk_mention_note_id_case_note"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mention")),
    )
    with op.batch_alter_table("mention", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mention_staff_id"), ["staff_id"], unique=False)

    with op.batch_alter_table("consultation_case", schema=None) as batch_op:
        batch_op.add_column(sa.Column("queue_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("unanswered_since", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("on_hold_until", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("outcome_kind", sa.String(length=12), nullable=True))
        batch_op.add_column(sa.Column("closing_asked_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("closing_asked_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("second_look_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("closed_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_consultation_case_queue_id"), ["queue_id"], unique=False)

    op.bulk_insert(
        queues,
        [
            {
                "name": "みんなの窓口",
                "topics": [],
                "area_ids": [],
                "assigns": "pull",
                "target_minutes": 60,
                "return_minutes": 240,
                "is_catch_all": True,
                "created_at": datetime.now(UTC),
            }
        ],
    )
    op.execute("update consultation_case set queue_id = (select id from case_queue)")
    op.execute(
        "update consultation_case set unanswered_since = opened_at where answered_at is null and state <> 'closed'"
    )


def downgrade() -> None:
    with op.batch_alter_table("utterance", schema=None, recreate="never") as batch_op:
        batch_op.drop_column("staff_id")
    with op.batch_alter_table("consultation_case", schema=None, recreate="never") as batch_op:
        batch_op.drop_index(batch_op.f("ix_consultation_case_queue_id"))
        batch_op.drop_column("reopened_at")
        batch_op.drop_column("closed_by")
        batch_op.drop_column("second_look_by")
        batch_op.drop_column("closing_asked_by")
        batch_op.drop_column("closing_asked_at")
        batch_op.drop_column("outcome_kind")
        batch_op.drop_column("on_hold_until")
        batch_op.drop_column("heard_at")
        batch_op.drop_column("unanswered_since")
        batch_op.drop_column("queue_id")

    with op.batch_alter_table("mention", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mention_staff_id"))

    op.drop_table("mention")
    op.execute("delete from case_note where staff_id is null")
    with op.batch_alter_table("case_note", schema=None) as batch_op:
        batch_op.alter_column("staff_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("kind")

    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_referral_case_id"))
        batch_op.drop_index(batch_op.f("ix_referral_ask_on"))

    op.drop_table("referral")
    with op.batch_alter_table("case_participant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_participant_staff_id"))

    op.drop_table("case_participant")
    op.drop_table("case_draft")
    with op.batch_alter_table("queue_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_queue_member_staff_id"))

    op.drop_table("queue_member")
    op.drop_table("duty")
    with op.batch_alter_table("desk_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_desk_change_at"))

    op.drop_table("desk_change")
    op.drop_table("case_queue")
    op.drop_table("canned_reply")
