"""Tasks: what a person must do, such as telephone somebody, go there, call back, keep a promise."""

from datetime import datetime
from typing import Literal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.store.base import Base
from bot.store.ciphers import EncryptedText
from bot.store.residents import Resident

TaskKind = Literal[
    "phone", "visit", "callback", "follow_up", "promise", "unreachable", "contact", "quota", "second_look", "other"
]
TaskState = Literal["open", "accepted", "done", "dropped"]


class Task(Base):
    """One thing a person must do. `need` names why, so that the same need opens it once.

    `climbs_at` is when it passes to the next person because nobody accepted it, or because whoever did has not done
    it; None for a task that may wait on the list. What it is about are ids; words are encrypted.
    """

    __tablename__ = "task"
    __table_args__ = (
        CheckConstraint("state in ('open', 'accepted', 'done', 'dropped')", name="state"),
        Index(
            "ix_task_climbs",
            "climbs_at",
            sqlite_where=text("climbs_at is not null"),
            postgresql_where=text("climbs_at is not null"),
        ),
        Index(
            "ix_task_to_do",
            "due_at",
            sqlite_where=text("state in ('open', 'accepted')"),
            postgresql_where=text("state in ('open', 'accepted')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    need: Mapped[str] = mapped_column(String(96), unique=True)
    kind: Mapped[TaskKind] = mapped_column(String(16))
    state: Mapped[TaskState] = mapped_column(String(8), default="open")
    is_urgent: Mapped[bool] = mapped_column(default=False)
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("resident.id", ondelete="SET NULL"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("consultation_case.id", ondelete="SET NULL"), index=True)
    worry_id: Mapped[str | None] = mapped_column(String(22), index=True)  # no foreign key: a report leads to nobody
    plan_id: Mapped[int | None] = mapped_column(index=True)  # of bot.store.checkins
    round_id: Mapped[int | None] = mapped_column(index=True)
    contact_id: Mapped[int | None]
    words: Mapped[str | None] = mapped_column(EncryptedText)
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    for_staff_id: Mapped[int | None]  # whom it was given to; None: everybody
    accepted_by: Mapped[int | None]
    accepted_at: Mapped[datetime | None]
    done_by: Mapped[int | None]
    done_at: Mapped[datetime | None]
    result: Mapped[str | None] = mapped_column(String(24))
    outcome: Mapped[str | None] = mapped_column(EncryptedText)
    patience_minutes: Mapped[int | None]  # how long it waits for somebody before it climbs
    stage: Mapped[int] = mapped_column(default=0)  # how often it has climbed
    climbed_at: Mapped[datetime | None]
    climbs_at: Mapped[datetime | None]

    resident: Mapped[Resident | None] = relationship(lazy="joined")

    @property
    def is_at_once(self) -> bool:
        """It has no hour of its own: it was due the moment it was opened."""
        return self.due_at == self.opened_at
