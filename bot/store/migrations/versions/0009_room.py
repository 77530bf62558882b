"""The consultation room, call-backs, consents, promises to the hour."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "resident_consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_resident_consent_resident_id_resident"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resident_consent")),
    )
    with op.batch_alter_table("resident_consent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resident_consent_resident_id"), ["resident_id"], unique=False)

    op.create_table(
        "callback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("shared_word", sa.LargeBinary(), nullable=True),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state in ('booked', 'done', 'missed', 'cancelled')", name=op.f("ck_callback_state")),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["consultation_case.id"],
            name=op.f("fk_callback_case_id_consultation_case"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback")),
    )
    with op.batch_alter_table("callback", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_callback_starts_at"), ["starts_at"], unique=False)
        batch_op.create_index(
            "uq_callback_case",
            ["case_id"],
            unique=True,
            sqlite_where=sa.text("state = 'booked'"),
            postgresql_where=sa.text("state = 'booked'"),
        )
        batch_op.create_index(
            "uq_callback_place",
            ["starts_at", "place"],
            unique=True,
            sqlite_where=sa.text("state = 'booked'"),
            postgresql_where=sa.text("state = 'booked'"),
        )

    op.create_table(
        "room_device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("cookie_hash", sa.String(length=22), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["consultation_case.id"],
            name=op.f("fk_room_device_case_id_consultation_case"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_device")),
        sa.UniqueConstraint("cookie_hash", name=op.f("uq_room_device_cookie_hash")),
    )
    with op.batch_alter_table("room_device", schema=None) as batch_op:
        batch_op.create_index(
            "uq_room_device_in",
            ["case_id"],
            unique=True,
            sqlite_where=sa.text("ended_at is null"),
            postgresql_where=sa.text("ended_at is null"),
        )

    op.create_table(
        "room_link",
        sa.Column("token_hash", sa.String(length=22), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["consultation_case.id"],
            name=op.f("fk_room_link_case_id_consultation_case"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_room_link")),
    )
    with op.batch_alter_table("room_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_room_link_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_room_link_until"), ["until"], unique=False)

    op.create_table(
        "room_photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("utterance_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("jpeg", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["consultation_case.id"],
            name=op.f("fk_room_photo_case_id_consultation_case"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["utterance_id"], ["utterance.id"], name=op.f("fk_room_photo_utterance_id_utterance"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_photo")),
        sa.UniqueConstraint("utterance_id", name=op.f("uq_room_photo_utterance_id")),
    )
    with op.batch_alter_table("room_photo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_room_photo_case_id"), ["case_id"], unique=False)

    with op.batch_alter_table("consultation_case", schema=None) as batch_op:
        batch_op.add_column(sa.Column("promised_by", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("promises", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("climbed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("way", sa.String(length=4), server_default="line", nullable=False))
        batch_op.add_column(sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("was_useful", sa.Boolean(), nullable=True))
        batch_op.create_index(batch_op.f("ix_consultation_case_promised_by"), ["promised_by"], unique=False)

    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reply_token", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("reply_until", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("utterance", schema=None) as batch_op:
        batch_op.add_column(sa.Column("case_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("place", sa.String(length=4), server_default="line", nullable=False))
        batch_op.add_column(sa.Column("form_key", sa.String(length=22), nullable=True))
        batch_op.create_index(batch_op.f("ix_utterance_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_utterance_form_key"), ["form_key"], unique=True)


def downgrade() -> None:
    with op.batch_alter_table("utterance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_utterance_form_key"))
        batch_op.drop_index(batch_op.f("ix_utterance_case_id"))
        batch_op.drop_column("form_key")
        batch_op.drop_column("place")
        batch_op.drop_column("case_id")

    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.drop_column("reply_until")
        batch_op.drop_column("reply_token")

    with op.batch_alter_table("consultation_case", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consultation_case_promised_by"))
        batch_op.drop_column("was_useful")
        batch_op.drop_column("agreed_at")
        batch_op.drop_column("way")
        batch_op.drop_column("climbed_at")
        batch_op.drop_column("promises")
        batch_op.drop_column("promised_by")

    with op.batch_alter_table("room_photo", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_room_photo_case_id"))

    op.drop_table("room_photo")
    with op.batch_alter_table("room_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_room_link_until"))
        batch_op.drop_index(batch_op.f("ix_room_link_case_id"))

    op.drop_table("room_link")
    with op.batch_alter_table("room_device", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_room_device_in", sqlite_where=sa.text("ended_at is null"), postgresql_where=sa.text("ended_at is null")
        )

    op.drop_table("room_device")
    with op.batch_alter_table("callback", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_callback_place", sqlite_where=sa.text("state = 'booked'"), postgresql_where=sa.text("state = 'booked'")
        )
        batch_op.drop_index(
            "uq_callback_case", sqlite_where=sa.text("state = 'booked'"), postgresql_where=sa.text("state = 'booked'")
        )
        batch_op.drop_index(batch_op.f("ix_callback_starts_at"))

    op.drop_table("callback")
    with op.batch_alter_table("resident_consent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resident_consent_resident_id"))

    op.drop_table("resident_consent")
