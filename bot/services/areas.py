"""The areas of the city."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.store.areas import Area


def districts(session: Session) -> list[Area]:
    """The junior-high districts 中学校区 (the second layer), in the city's order."""
    return list(session.scalars(select(Area).where(Area.layer == 2).order_by(Area.position, Area.id)))
