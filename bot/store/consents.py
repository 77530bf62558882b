"""What residents agreed to, when, and in which version of the words."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base


class Consent(Base):
    """One yes. `version` names the words that were shown, which stay in the history of `handlers/copy/`."""

    __tablename__ = "resident_consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(16))
    version: Mapped[str] = mapped_column(String(16))
    given_at: Mapped[datetime]
