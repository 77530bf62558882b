"""Who owns a resident's thread: the bot, a person, or nobody. One stored state, asked here and nowhere else.

The bot cannot talk over a person: whatever a handler replied, `may_bot_speak` decides in the turn's own transaction,
under the lock on the thread's row, whether the words go out.
"""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.conversation import Reply
from bot.store.engine import rows_changed
from bot.store.residents import Owner, Thread

LOCK = {"key_share": True}
"""The lock everybody takes first who changes anything of a resident's talk: PostgreSQL's FOR NO KEY UPDATE, beside
which others may still add rows that name the thread (https://www.postgresql.org/docs/current/explicit-locking.html)."""

STEP_LIVES = timedelta(hours=24)
"""How long an open step of a conversation waits for its answer."""


def of(session: Session, key: str) -> Thread:
    """The thread's row, locked until the transaction ends; made when it is the first time."""
    if (thread := session.get(Thread, key, with_for_update=LOCK)) is not None:
        return thread
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    session.execute(insert(Thread).values(key=key, owner="bot").on_conflict_do_nothing())  # two workers may meet here
    return session.get_one(Thread, key, with_for_update=LOCK)


def of_resident(session: Session, resident_id: int) -> Thread | None:
    """The resident's thread, locked until the transaction ends; None when there is none."""
    theirs = select(Thread).where(Thread.resident_id == resident_id).with_for_update(key_share=True)
    return session.scalars(theirs).one_or_none()


def owner_of(thread: Thread) -> Owner:
    return thread.owner


def give_to_person(thread: Thread) -> None:
    """From now on a member of staff answers; an open flow of the bot ends."""
    thread.owner = "person"
    forget_step(thread)


def give_to_bot(thread: Thread) -> None:
    """From now on the bot answers again."""
    thread.owner = "bot"


def release(thread: Thread) -> None:
    """The resident has left: nobody speaks, and nothing is half finished."""
    thread.owner = "nobody"
    forget_step(thread)


def forget_step(thread: Thread) -> None:
    thread.step = None
    thread.step_since = None
    thread.memory = None


def forget_old_steps(session: Session, *, now: datetime) -> int:
    """Erase what half-finished conversations remember once nobody can go on with them. How many there were."""
    old = update(Thread).where(Thread.step_since < now - STEP_LIVES)
    return rows_changed(session, old.values(step=None, step_since=None, memory=None))


def may_bot_speak(thread: Thread, reply: Reply) -> bool:
    """Whether the bot's reply may be said. Safety may always be said, to anyone who can be reached."""
    if thread.owner == "bot":
        return True
    return thread.owner == "person" and reply.is_safety
