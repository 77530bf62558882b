"""What the council says in its own words instead of ours."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base


class Wording(Base):
    """One sentence that staff changed. `id` is the digest of the sentence as it stands in the program."""

    __tablename__ = "wording"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    sentence: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]
    changed_by: Mapped[int]
