"""All tables, imported in one place so that migrations know them."""

from bot.store import (
    areas,
    cases,
    desk,
    knowledge,
    mail,
    queues,
    referrals,
    residents,
    running,
    staff,
    talk,
    tasks,
    worries,
)
from bot.store.base import Base

__all__ = [
    "Base",
    "areas",
    "cases",
    "desk",
    "knowledge",
    "mail",
    "queues",
    "referrals",
    "residents",
    "running",
    "staff",
    "talk",
    "tasks",
    "worries",
]
