"""Referrals つなぎ: a resident was led to another agency, with what came of it."""

from datetime import date, datetime
from typing import Literal

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base
from bot.store.ciphers import EncryptedText

ReferralResult = Literal["open", "contacted", "connected", "not_connected"]
ReferralAnswer = Literal["yes", "not_yet", "no"]


class Referral(Base):
    """One agency that took part in a case because we asked it to, with the resident's consent."""

    __tablename__ = "referral"
    __table_args__ = (
        CheckConstraint("result in ('open', 'contacted', 'connected', 'not_connected')", name="result"),
        CheckConstraint("answer in ('yes', 'not_yet', 'no')", name="answer"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("consultation_case.id", ondelete="CASCADE"), index=True)
    resource_id: Mapped[str | None] = mapped_column(String(64))  # the entry of the knowledge base, if it has one
    agency: Mapped[str] = mapped_column(EncryptedText)
    told: Mapped[str] = mapped_column(EncryptedText)  # what the agency was told
    consented_at: Mapped[datetime]  # when the resident agreed that we tell them
    made_at: Mapped[datetime]
    made_by: Mapped[int]
    result: Mapped[ReferralResult] = mapped_column(String(13), default="open")
    result_at: Mapped[datetime | None]
    ask_on: Mapped[date | None] = mapped_column(index=True)  # when the bot asks; None once it has, or must not
    asked_at: Mapped[datetime | None]
    answer: Mapped[ReferralAnswer | None] = mapped_column(String(7))
    answered_at: Mapped[datetime | None]
