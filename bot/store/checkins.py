"""Check-ins 見守りメッセージ: what was agreed with whom, each due round, its stages, contacts, groups, disaster rounds.

`CheckinPlan.next_due_at` and `CheckinRound.next_stage_at` are indexed, so that looking for what is due costs the same
however many people are watched over.
"""

from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.store.areas import Area
from bot.store.base import Base
from bot.store.ciphers import EncryptedText
from bot.store.residents import Resident

PlanState = Literal["waiting", "on", "paused", "stopped"]
ResponseKind = Literal["fine", "uneasy", "talk", "words", "sign", "contact", "staff"]


class CheckinTemplate(Base):
    """How silence climbs: which stages, how long each waits (minutes after the one before), who, quiet hours."""

    __tablename__ = "checkin_template"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    steps: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    quiet_from: Mapped[int] = mapped_column(default=20 * 60)  # minutes of the day
    quiet_to: Mapped[int] = mapped_column(default=8 * 60)
    contacts_at_once: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]


class CheckinGroup(Base):
    """Friends or neighbours つながり who watch over each other."""

    __tablename__ = "checkin_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(EncryptedText)
    code: Mapped[str | None] = mapped_column(String(6), unique=True)
    code_until: Mapped[datetime | None]
    made_at: Mapped[datetime]


class CheckinPlan(Base):
    """What was agreed with one person. At most one that is not stopped for a resident.

    `waiting`: agreed on paper, not linked with LINE yet. Days: `weekdays` (0 is Monday) where any are chosen, otherwise
    every `every` days from `starts_on`. Times of day are minutes.
    """

    __tablename__ = "checkin_plan"
    __table_args__ = (
        CheckConstraint("state in ('waiting', 'on', 'paused', 'stopped')", name="state"),
        Index(
            "uq_checkin_plan_resident",
            "resident_id",
            unique=True,
            sqlite_where=text("state <> 'stopped'"),
            postgresql_where=text("state <> 'stopped'"),
        ),
        Index(
            "ix_checkin_plan_due",
            "next_due_at",
            sqlite_where=text("next_due_at is not null"),
            postgresql_where=text("next_due_at is not null"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("resident.id", ondelete="SET NULL"))
    template_id: Mapped[int] = mapped_column(ForeignKey("checkin_template.id"))
    own_steps: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON)
    state: Mapped[PlanState] = mapped_column(String(8), default="on", index=True)
    name: Mapped[str | None] = mapped_column(EncryptedText)
    phone: Mapped[str | None] = mapped_column(EncryptedText)
    address: Mapped[str | None] = mapped_column(EncryptedText)
    shared_word: Mapped[str | None] = mapped_column(EncryptedText)
    note: Mapped[str | None] = mapped_column(EncryptedText)
    birthday: Mapped[str | None] = mapped_column(EncryptedText)  # MM-DD
    personal_line: Mapped[str | None] = mapped_column(EncryptedText)
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"), index=True)
    every: Mapped[int] = mapped_column(default=1)
    weekdays: Mapped[str] = mapped_column(String(7), default="")
    window_from: Mapped[int]
    window_to: Mapped[int]
    starts_on: Mapped[date]
    next_due_at: Mapped[datetime | None]
    paused_until: Mapped[date | None]  # the last day without messages
    pause_reason: Mapped[str | None] = mapped_column(EncryptedText)
    consent_at: Mapped[datetime | None]
    consent_way: Mapped[Literal["line", "paper"]] = mapped_column(String(5), default="line")
    enrolled_by: Mapped[int | None]
    code: Mapped[str | None] = mapped_column(String(6), unique=True)
    code_until: Mapped[datetime | None]
    unreachable_at: Mapped[datetime | None]
    group_id: Mapped[int | None] = mapped_column(ForeignKey("checkin_group.id", ondelete="SET NULL"), index=True)
    group_joined_at: Mapped[datetime | None]
    group_ok_at: Mapped[datetime | None]  # when the person last agreed with everybody who was in the group then
    created_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]

    resident: Mapped[Resident | None] = relationship(lazy="select")
    template: Mapped[CheckinTemplate] = relationship(lazy="joined", innerjoin=True)
    area: Mapped[Area | None] = relationship(lazy="select")


class CheckinRound(Base):
    """One due check-in, unique for a person and due time. `ended_at` is None while it waits for a sign of life.

    `joins_id`: another round of the person was already waiting, and that one climbs for both.
    """

    __tablename__ = "checkin_round"
    __table_args__ = (
        UniqueConstraint("plan_id", "due_at"),
        Index(
            "ix_checkin_round_next_stage",
            "next_stage_at",
            sqlite_where=text("next_stage_at is not null"),
            postgresql_where=text("next_stage_at is not null"),
        ),
        Index(
            "ix_checkin_round_waiting",
            "plan_id",
            sqlite_where=text("ended_at is null"),
            postgresql_where=text("ended_at is null"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("checkin_plan.id", ondelete="CASCADE"))
    due_at: Mapped[datetime] = mapped_column(index=True)
    kind: Mapped[Literal["round", "lost"]] = mapped_column(String(8), default="round")
    joins_id: Mapped[int | None]
    delivery_id: Mapped[int | None] = mapped_column(index=True)
    sent_at: Mapped[datetime | None]
    unsent_because: Mapped[str | None] = mapped_column(String(16))
    stage: Mapped[str] = mapped_column(String(10), default="")
    stage_at: Mapped[datetime | None]
    next_stage_at: Mapped[datetime | None]
    answer: Mapped[ResponseKind | None] = mapped_column(String(8))
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    plan: Mapped[CheckinPlan] = relationship(lazy="select")


class CheckinStage(Base):
    """That a round reached a stage, and what came of it. Unique: each escalation happens once."""

    __tablename__ = "checkin_stage"
    __table_args__ = (UniqueConstraint("round_id", "stage"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("checkin_round.id", ondelete="CASCADE"))
    stage: Mapped[str] = mapped_column(String(10))
    reached_at: Mapped[datetime]
    delivery_id: Mapped[int | None] = mapped_column(index=True)
    task_id: Mapped[int | None]


class CheckinResponse(Base):
    """A response 返事: a tap, words, any sign of life; or that a contact or staff made sure."""

    __tablename__ = "checkin_response"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("checkin_plan.id", ondelete="CASCADE"), index=True)
    round_id: Mapped[int | None] = mapped_column(ForeignKey("checkin_round.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(index=True)
    kind: Mapped[ResponseKind] = mapped_column(String(8))
    words: Mapped[str | None] = mapped_column(EncryptedText)  # kept only when they worry


class CheckinContact(Base):
    """A contact 緊急連絡先 the person named, asked in the order of `position`, once confirmed."""

    __tablename__ = "checkin_contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("checkin_plan.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(EncryptedText)
    phone: Mapped[str | None] = mapped_column(EncryptedText)
    relation: Mapped[str] = mapped_column(String(16), default="family")
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("resident.id", ondelete="SET NULL"), index=True)
    code: Mapped[str | None] = mapped_column(String(8), unique=True)
    code_until: Mapped[datetime | None]
    may_hear_alarms: Mapped[bool] = mapped_column(default=True)
    may_hear_responses: Mapped[bool] = mapped_column(default=False)
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[int | None]  # staff, when it was by telephone
    declined_at: Mapped[datetime | None]
    added_at: Mapped[datetime]

    plan: Mapped[CheckinPlan] = relationship(lazy="select")
    resident: Mapped[Resident | None] = relationship(lazy="select")


class CheckinAsk(Base):
    """One contact, or one member of the group, asked to look after one silent round; once each."""

    __tablename__ = "checkin_ask"
    __table_args__ = (
        UniqueConstraint("round_id", "contact_id"),
        UniqueConstraint("round_id", "member_id"),
        Index(
            "ix_checkin_ask_to_tell",
            "round_id",
            sqlite_where=text("told_over_at is null"),
            postgresql_where=text("told_over_at is null"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("checkin_round.id", ondelete="CASCADE"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("checkin_contact.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("checkin_plan.id", ondelete="CASCADE"))
    asked_at: Mapped[datetime]
    delivery_id: Mapped[int | None] = mapped_column(index=True)
    answer: Mapped[Literal["going", "not_now"] | None] = mapped_column(String(8))
    answered_at: Mapped[datetime | None]
    outcome: Mapped[Literal["well", "needs_help", "not_met"] | None] = mapped_column(String(12))
    outcome_at: Mapped[datetime | None]
    told_over_at: Mapped[datetime | None]  # when they heard that the alarm is over


class DisasterRound(Base):
    """災害時: everybody in the chosen areas is asked 「無事ですか」. `area_ids` empty: the whole city."""

    __tablename__ = "disaster_round"

    id: Mapped[int] = mapped_column(primary_key=True)
    form_key: Mapped[str] = mapped_column(String(22), unique=True)  # one press of the switch is one round
    area_ids: Mapped[list[int]] = mapped_column(JSON)
    started_at: Mapped[datetime]
    started_by: Mapped[int | None]
    repeats_id: Mapped[int | None]
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    told_everybody_at: Mapped[datetime | None]  # when all asks were on their way


class DisasterAsk(Base):
    """One person asked in a disaster round; or, without LINE, to be asked by people."""

    __tablename__ = "disaster_ask"
    __table_args__ = (
        UniqueConstraint("disaster_id", "resident_id"),
        UniqueConstraint("disaster_id", "plan_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    disaster_id: Mapped[int] = mapped_column(ForeignKey("disaster_round.id", ondelete="CASCADE"))
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("resident.id", ondelete="SET NULL"), index=True)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("checkin_plan.id", ondelete="SET NULL"))
    area_id: Mapped[int | None]
    delivery_id: Mapped[int | None] = mapped_column(index=True)
    sent_at: Mapped[datetime | None]
    answer: Mapped[Literal["safe", "help", "sign", "staff"] | None] = mapped_column(String(8))
    answered_at: Mapped[datetime | None]


class QuotaMonth(Base):
    """The month's messages: what LINE last said, what we have sent since, and what the check-ins still need."""

    __tablename__ = "quota_month"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    most: Mapped[int | None]  # None: the plan has no limit
    used: Mapped[int] = mapped_column(default=0)
    read_at: Mapped[datetime]
    counted: Mapped[int] = mapped_column(default=0)
    needed_a_day: Mapped[int] = mapped_column(default=0)
    needed_rest: Mapped[int] = mapped_column(default=0)
    runs_out_on: Mapped[date | None]
