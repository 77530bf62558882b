"""The parts of the running program that work needs, put together once in each process by the front door."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.line.gateway import Gateway
from bot.services.keeping import Keep
from bot.store.engine import Store
from bot.work.post import MailServer


@dataclass
class Parts:
    """What a worker works with. `now` gives the instant in the council's time zone."""

    store: Store
    gateway: Gateway
    library: Any  # knowledge.library.Library
    now: Callable[[], datetime]
    public_url: str = ""
    alarm_after: timedelta = timedelta(minutes=5)
    mail_server: MailServer | None = None  # none: no e-mail
    keep: Keep = field(default_factory=Keep)
