"""The areas of the city in three layers: city, junior-high district, neighbourhood."""

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.store.base import Base


class Area(Base):
    """An area 地域. `layer` 1 is the city, 2 a junior-high district, 3 a neighbourhood; `kind` its name there."""

    __tablename__ = "area"
    __table_args__ = (UniqueConstraint("kind", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    layer: Mapped[int]
    kind: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(64))
    kana: Mapped[str] = mapped_column(String(64), default="")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    source_url: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)

    parent: Mapped["Area | None"] = relationship(remote_side=[id])
