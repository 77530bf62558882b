"""Queues 相談窓口: where cases wait, who works them, who is on duty."""

from datetime import datetime
from typing import Literal

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base

Assigns = Literal["pull", "automatic"]


class Queue(Base):
    """Where cases of some topics and areas wait. One with neither takes whatever no other names, and always exists."""

    __tablename__ = "case_queue"
    __table_args__ = (CheckConstraint("assigns in ('pull', 'automatic')", name="assigns"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    topics: Mapped[list[str]] = mapped_column(JSON, default=list)  # empty: every topic
    area_ids: Mapped[list[int]] = mapped_column(JSON, default=list)  # empty: the whole city
    assigns: Mapped[Assigns] = mapped_column(String(9), default="pull")
    target_minutes: Mapped[int] = mapped_column(default=60)  # in which a waiting resident should hear from a person
    return_minutes: Mapped[int] = mapped_column(default=240)  # after which a silent owner's case goes to everybody
    is_catch_all: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class QueueMember(Base):
    """A member of staff who works a queue."""

    __tablename__ = "queue_member"

    queue_id: Mapped[int] = mapped_column(ForeignKey("case_queue.id", ondelete="CASCADE"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(primary_key=True, index=True)


class Duty(Base):
    """Somebody is at the desk now. The row is the switch."""

    __tablename__ = "duty"

    staff_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    since: Mapped[datetime]
