"""All tables, imported in one place so that migrations know them."""

from bot.store import (
    areas,
    callbacks,
    cases,
    checkins,
    consents,
    desk,
    knowledge,
    mail,
    queues,
    referrals,
    residents,
    room,
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
    "callbacks",
    "cases",
    "checkins",
    "consents",
    "desk",
    "knowledge",
    "mail",
    "queues",
    "referrals",
    "residents",
    "room",
    "running",
    "staff",
    "talk",
    "tasks",
    "worries",
]
