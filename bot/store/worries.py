"""Worry reports: what somebody anonymous told, and the talk with them.

Nothing here leads to a sender. Ids are random and rows lie in the order of their ids (on SQLite the tables have no
hidden row numbers), times are a day and a band of six hours, and the encrypted words carry no time of writing.
"""

import datetime as clock
from typing import Literal

from sqlalchemy import CheckConstraint, ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.store.areas import Area
from bot.store.base import Base
from bot.store.ciphers import UndatedText

WorryState = Literal["new", "answered", "closed"]
ORDERLESS = {"sqlite_with_rowid": False}


class WorryReport(Base):
    """One worry report 心配ごとの報告. `band` is the hour (0, 6, 12, 18) at which its six hours begin."""

    __tablename__ = "worry_report"
    __table_args__ = (CheckConstraint("state in ('new', 'answered', 'closed')", name="state"), ORDERLESS)

    id: Mapped[str] = mapped_column(String(22), primary_key=True)
    form_key: Mapped[str] = mapped_column(String(22), unique=True)  # one form sent twice is one report
    filed_on: Mapped[clock.date]
    band: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16), index=True)
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"), index=True)
    is_urgent: Mapped[bool] = mapped_column(default=False)
    is_looked_at: Mapped[bool] = mapped_column(default=False, server_default=false())  # since it was last told more
    seen: Mapped[str | None] = mapped_column(UndatedText)
    since: Mapped[str | None] = mapped_column(UndatedText)
    state: Mapped[WorryState] = mapped_column(String(8), default="new", index=True)
    answer_due_on: Mapped[clock.date]
    household: Mapped[str | None] = mapped_column(String(22), index=True)  # reports about the same household share it
    outcome: Mapped[str | None] = mapped_column(UndatedText)
    closed_on: Mapped[clock.date | None] = mapped_column(index=True)
    code_place: Mapped[str] = mapped_column(String(8), index=True)  # the first part of the receipt code
    code_hash: Mapped[str] = mapped_column(String(128))  # a slow hash of the whole code

    area: Mapped[Area | None] = relationship(lazy="joined")


class WorryWord(Base):
    """One thing said in the talk about a report, by its reporter or by staff. `place` counts within the report."""

    __tablename__ = "worry_word"
    __table_args__ = (CheckConstraint("speaker in ('reporter', 'staff')", name="speaker"), ORDERLESS)

    id: Mapped[str] = mapped_column(String(22), primary_key=True)
    report_id: Mapped[str] = mapped_column(ForeignKey("worry_report.id", ondelete="CASCADE"), index=True)
    place: Mapped[int]
    speaker: Mapped[Literal["reporter", "staff"]] = mapped_column(String(8))
    said_on: Mapped[clock.date]
    words: Mapped[str | None] = mapped_column(UndatedText)


class OutreachVisit(Base):
    """A visit アウトリーチ that a report led to: who goes, when, what was found, the next step."""

    __tablename__ = "outreach_visit"

    id: Mapped[str] = mapped_column(String(22), primary_key=True)
    report_id: Mapped[str] = mapped_column(ForeignKey("worry_report.id", ondelete="CASCADE"), index=True)
    visitor: Mapped[str] = mapped_column(UndatedText)
    planned_on: Mapped[clock.date]
    done_on: Mapped[clock.date | None]
    found: Mapped[str | None] = mapped_column(UndatedText)
    next_step: Mapped[str | None] = mapped_column(UndatedText)
