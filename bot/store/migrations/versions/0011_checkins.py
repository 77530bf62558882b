"""Check-ins: plans, rounds, stages, contacts, groups, disaster rounds, the month's messages; calls to many people."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "checkin_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("code", sa.String(length=6), nullable=True),
        sa.Column("code_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkin_group")),
        sa.UniqueConstraint("code", name=op.f("uq_checkin_group_code")),
    )
    op.create_table(
        "checkin_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=False),
        sa.Column("quiet_to", sa.Integer(), nullable=False),
        sa.Column("contacts_at_once", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkin_template")),
        sa.UniqueConstraint("name", name=op.f("uq_checkin_template_name")),
    )
    op.create_table(
        "disaster_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form_key", sa.String(length=22), nullable=False),
        sa.Column("area_ids", sa.JSON(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.Integer(), nullable=True),
        sa.Column("repeats_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_everybody_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disaster_round")),
        sa.UniqueConstraint("form_key", name=op.f("uq_disaster_round_form_key")),
    )
    with op.batch_alter_table("disaster_round", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disaster_round_ended_at"), ["ended_at"], unique=False)

    op.create_table(
        "quota_month",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("needed_a_day", sa.Integer(), nullable=False),
        sa.Column("needed_rest", sa.Integer(), nullable=False),
        sa.Column("runs_out_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_quota_month")),
    )
    op.create_table(
        "checkin_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=True),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("own_steps", sa.JSON(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("shared_word", sa.LargeBinary(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("birthday", sa.LargeBinary(), nullable=True),
        sa.Column("personal_line", sa.LargeBinary(), nullable=True),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("every", sa.Integer(), nullable=False),
        sa.Column("weekdays", sa.String(length=7), nullable=False),
        sa.Column("window_from", sa.Integer(), nullable=False),
        sa.Column("window_to", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("pause_reason", sa.LargeBinary(), nullable=True),
        sa.Column("consent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("consent_way", sa.String(length=5), nullable=False),
        sa.Column("enrolled_by", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=6), nullable=True),
        sa.Column("code_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unreachable_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("group_joined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state in ('waiting', 'on', 'paused', 'stopped')", name=op.f("ck_checkin_plan_state")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_checkin_plan_area_id_area")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["checkin_group.id"], name=op.f("fk_checkin_plan_group_id_checkin_group"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_checkin_plan_resident_id_resident"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["template_id"], ["checkin_template.id"], name=op.f("fk_checkin_plan_template_id_checkin_template")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkin_plan")),
        sa.UniqueConstraint("code", name=op.f("uq_checkin_plan_code")),
    )
    with op.batch_alter_table("checkin_plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_checkin_plan_area_id"), ["area_id"], unique=False)
        batch_op.create_index(
            "ix_checkin_plan_due",
            ["next_due_at"],
            unique=False,
            sqlite_where=sa.text("next_due_at is not null"),
            postgresql_where=sa.text("next_due_at is not null"),
        )
        batch_op.create_index(batch_op.f("ix_checkin_plan_group_id"), ["group_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_checkin_plan_state"), ["state"], unique=False)
        batch_op.create_index(
            "uq_checkin_plan_resident",
            ["resident_id"],
            unique=True,
            sqlite_where=sa.text("state <> 'stopped'"),
            postgresql_where=sa.text("state <> 'stopped'"),
        )

    op.create_table(
        "checkin_contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("relation", sa.String(length=16), nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=8), nullable=True),
        sa.Column("code_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("may_hear_alarms", sa.Boolean(), nullable=False),
        sa.Column("may_hear_responses", sa.Boolean(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["checkin_plan.id"], name=op.f("fk_checkin_contact_plan_id_checkin_plan"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_checkin_contact_resident_id_resident"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkin_contact")),
        sa.UniqueConstraint("code", name=op.f("uq_checkin_contact_code")),
    )
    with op.batch_alter_table("checkin_contact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_checkin_contact_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_checkin_contact_resident_id"), ["resident_id"], unique=False)

    op.create_table(
        "checkin_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("joins_id", sa.Integer(), nullable=True),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unsent_because", sa.String(length=16), nullable=True),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("stage_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_stage_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=8), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["checkin_plan.id"], name=op.f("fk_checkin_round_plan_id_checkin_plan"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkin_round")),
        sa.UniqueConstraint("plan_id", "due_at", name=op.f("uq_checkin_round_plan_id_due_at")),
    )
    with op.batch_alter_table("checkin_round", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_checkin_round_delivery_id"), ["delivery_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_checkin_round_due_at"), ["due_at"], unique=False)
        batch_op.create_index(
            "ix_checkin_round_next_stage",
            ["next_stage_at"],
            unique=False,
            sqlite_where=sa.text("next_stage_at is not null"),
            postgresql_where=sa.text("next_stage_at is not null"),
        )
        batch_op.create_index(
            "ix_checkin_round_waiting",
            ["plan_id"],
            unique=False,
            sqlite_where=sa.text("ended_at is null"),
            postgresql_where=sa.text("ended_at is null"),
        )

    op.create_table(
        "disaster_ask",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("disaster_id", sa.Integer(), nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=True),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=8), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["disaster_id"],
            ["disaster_round.id"],
            name=op.f("fk_disaster_ask_disaster_id_disaster_round"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["checkin_plan.id"], name=op.f("fk_disaster_ask_plan_id_checkin_plan"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_disaster_ask_resident_id_resident"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disaster_ask")),
        sa.UniqueConstraint("disaster_id", "plan_id", name=op.f("uq_disaster_ask_disaster_id_plan_id")),
        sa.UniqueConstraint("disaster_id", "resident_id", name=op.f("uq_disaster_ask_disaster_id_resident_id")),
    )
    with op.batch_alter_table("disaster_ask", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disaster_ask_delivery_id"), ["delivery_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_disaster_ask_resident_id"), ["resident_id"], unique=False)

    op.create_table(
        "checkin_ask",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(length=8), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("outcome_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["checkin_contact.id"],
            name=op.f("fk_checkin_ask_contact_id_checkin_contact"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["checkin_plan.id"], name=op.f("fk_checkin_ask_member_id_checkin_plan"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["checkin_round.id"], name=op.f("fk_checkin_ask_round_id_checkin_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkin_ask")),
        sa.UniqueConstraint("round_id", "contact_id", name=op.f("uq_checkin_ask_round_id_contact_id")),
        sa.UniqueConstraint("round_id", "member_id", name=op.f("uq_checkin_ask_round_id_member_id")),
    )
    with op.batch_alter_table("checkin_ask", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_checkin_ask_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_checkin_ask_delivery_id"), ["delivery_id"], unique=False)
        batch_op.create_index(
            "ix_checkin_ask_to_tell",
            ["round_id"],
            unique=False,
            sqlite_where=sa.text("told_over_at is null"),
            postgresql_where=sa.text("told_over_at is null"),
        )

    op.create_table(
        "checkin_response",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["checkin_plan.id"], name=op.f("fk_checkin_response_plan_id_checkin_plan"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["checkin_round.id"],
            name=op.f("fk_checkin_response_round_id_checkin_round"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkin_response")),
    )
    with op.batch_alter_table("checkin_response", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_checkin_response_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_checkin_response_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "checkin_stage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["round_id"], ["checkin_round.id"], name=op.f("fk_checkin_stage_round_id_checkin_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkin_stage")),
        sa.UniqueConstraint("round_id", "stage", name=op.f("uq_checkin_stage_round_id_stage")),
    )
    with op.batch_alter_table("checkin_stage", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_checkin_stage_delivery_id"), ["delivery_id"], unique=False)

    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.add_column(sa.Column("recipient_count", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("split_from", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("held_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_column("held_at")
        batch_op.drop_column("split_from")
        batch_op.drop_column("recipient_count")

    with op.batch_alter_table("checkin_stage", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_checkin_stage_delivery_id"))

    op.drop_table("checkin_stage")
    with op.batch_alter_table("checkin_response", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_checkin_response_plan_id"))
        batch_op.drop_index(batch_op.f("ix_checkin_response_at"))

    op.drop_table("checkin_response")
    with op.batch_alter_table("checkin_ask", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_checkin_ask_to_tell",
            sqlite_where=sa.text("told_over_at is null"),
            postgresql_where=sa.text("told_over_at is null"),
        )
        batch_op.drop_index(batch_op.f("ix_checkin_ask_delivery_id"))
        batch_op.drop_index(batch_op.f("ix_checkin_ask_contact_id"))

    op.drop_table("checkin_ask")
    with op.batch_alter_table("disaster_ask", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_disaster_ask_resident_id"))
        batch_op.drop_index(batch_op.f("ix_disaster_ask_delivery_id"))

    op.drop_table("disaster_ask")
    with op.batch_alter_table("checkin_round", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_checkin_round_waiting",
            sqlite_where=sa.text("ended_at is null"),
            postgresql_where=sa.text("ended_at is null"),
        )
        batch_op.drop_index(
            "ix_checkin_round_next_stage",
            sqlite_where=sa.text("next_stage_at is not null"),
            postgresql_where=sa.text("next_stage_at is not null"),
        )
        batch_op.drop_index(batch_op.f("ix_checkin_round_due_at"))
        batch_op.drop_index(batch_op.f("ix_checkin_round_delivery_id"))

    op.drop_table("checkin_round")
    with op.batch_alter_table("checkin_contact", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_checkin_contact_resident_id"))
        batch_op.drop_index(batch_op.f("ix_checkin_contact_plan_id"))

    op.drop_table("checkin_contact")
    with op.batch_alter_table("checkin_plan", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_checkin_plan_resident",
            sqlite_where=sa.text("state <> 'stopped'"),
            postgresql_where=sa.text("state <> 'stopped'"),
        )
        batch_op.drop_index(batch_op.f("ix_checkin_plan_state"))
        batch_op.drop_index(batch_op.f("ix_checkin_plan_group_id"))
        batch_op.drop_index(
            "ix_checkin_plan_due",
            sqlite_where=sa.text("next_due_at is not null"),
            postgresql_where=sa.text("next_due_at is not null"),
        )
        batch_op.drop_index(batch_op.f("ix_checkin_plan_area_id"))

    op.drop_table("checkin_plan")
    op.drop_table("quota_month")
    with op.batch_alter_table("disaster_round", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_disaster_round_ended_at"))

    op.drop_table("disaster_round")
    op.drop_table("checkin_template")
    op.drop_table("checkin_group")
