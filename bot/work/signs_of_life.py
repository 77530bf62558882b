"""Signs of life that each part of each process leaves, and duties that only one process may hold."""

import os
import socket
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from bot.store.engine import Store, rows_changed
from bot.store.running import Heartbeat, Lease

FORGOTTEN_AFTER = timedelta(days=1)


def process_name() -> str:
    """A name for this process, made after it was forked."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}"


def beat(store: Store, part: str, *, now: datetime) -> None:
    """Note that `part` (`web`, `worker`, `clock`) of this process is alive. Long silent ones are forgotten."""
    with store.turn() as session:
        session.merge(Heartbeat(part=part, process=process_name(), beat_at=now))
        session.execute(delete(Heartbeat).where(Heartbeat.beat_at < now - FORGOTTEN_AFTER))


def hold(store: Store, duty: str, *, now: datetime, seconds: float) -> bool:
    """Take or keep a duty until `seconds` from now. False while another process holds it.

    One that is held far beyond what anybody asks for was taken before the machine's clock was set back: it is free.
    """
    me, until = process_name(), now + timedelta(seconds=seconds)
    is_free = (Lease.held_until <= now) | (Lease.held_until > now + timedelta(seconds=10 * seconds))
    try:
        with store.turn() as session:
            taking = (
                update(Lease)
                .where(Lease.duty == duty, (Lease.holder == me) | is_free)
                .values(holder=me, held_until=until)
            )
            if rows_changed(session, taking):
                return True
            if session.scalars(select(Lease).where(Lease.duty == duty)).one_or_none() is None:
                session.add(Lease(duty=duty, holder=me, held_until=until))
                session.flush()
                return True
            return False
    except IntegrityError:
        return False  # another process took it in the same moment


def let_go(store: Store, duty: str) -> None:
    """Give a duty back, so that the next process need not wait for it to run out."""
    with store.turn() as session:
        session.execute(delete(Lease).where(Lease.duty == duty, Lease.holder == process_name()))
