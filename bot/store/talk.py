"""What came in from LINE, what goes out to it, and the conversation as people saw it."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.store.base import Base
from bot.store.ciphers import EncryptedJson, EncryptedText
from bot.store.room import RoomPhoto

InboxState = Literal["waiting", "done", "ignored", "failed"]
DeliveryState = Literal["waiting", "sent", "failed", "dropped"]
MessageClass = Literal["escalation", "answer", "checkin", "reminder", "news"]

SERIAL = BigInteger().with_variant(Integer(), "sqlite")


class InboxEvent(Base):
    """One webhook event. LINE's `webhookEventId` is the key, so a redelivery is the same row."""

    __tablename__ = "inbox_event"
    __table_args__ = (
        CheckConstraint("state in ('waiting', 'done', 'ignored', 'failed')", name="state"),
        Index(
            "ix_inbox_event_waiting",
            "thread_key",
            "happened_at",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    thread_key: Mapped[str] = mapped_column(String(22))
    happened_at: Mapped[datetime]
    received_at: Mapped[datetime] = mapped_column(index=True)
    event: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJson)
    message_hash: Mapped[str | None] = mapped_column(String(22), index=True)
    state: Mapped[InboxState] = mapped_column(String(8), default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]


class Delivery(Base):
    """One call to LINE that is due: up to five messages for one thread, the same for many people, or leaving a group.

    `many`: `recipient` is a list of [resident id, thread key, LINE id]; the call has a thread key of its own.
    Rows of one thread are delivered in the order of `id`. `retry_key` makes a push safe to repeat
    (LINE answers 409 when it has accepted the key before).
    """

    __tablename__ = "delivery"
    __table_args__ = (
        CheckConstraint("state in ('waiting', 'sent', 'failed', 'dropped')", name="state"),
        Index(
            "ix_delivery_waiting",
            "thread_key",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        UniqueConstraint("retry_key"),
    )

    id: Mapped[int] = mapped_column(SERIAL, primary_key=True, autoincrement=True)
    thread_key: Mapped[str] = mapped_column(String(22))
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("resident.id", ondelete="SET NULL"))
    kind: Mapped[Literal["messages", "many", "leave"]] = mapped_column(String(8), default="messages")
    message_class: Mapped[MessageClass] = mapped_column(String(10), default="answer")
    recipient: Mapped[str] = mapped_column(EncryptedText)
    messages: Mapped[list[dict[str, Any]]] = mapped_column(EncryptedJson)
    message_count: Mapped[int]
    recipient_count: Mapped[int] = mapped_column(default=1, server_default="1")  # LINE counts people, not bubbles
    split_from: Mapped[int | None]  # the call to many people that this one is a part of
    reply_token: Mapped[str | None] = mapped_column(EncryptedText)
    reply_until: Mapped[datetime | None]
    reply_tried_at: Mapped[datetime | None]
    retry_key: Mapped[str] = mapped_column(String(36))
    state: Mapped[DeliveryState] = mapped_column(String(8), default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    next_try_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None]  # since when it waits because the month's messages run short
    claimed_until: Mapped[datetime | None]
    pushed_first_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None] = mapped_column(index=True)
    sent_by: Mapped[Literal["reply", "push"] | None] = mapped_column(String(8))
    refusal: Mapped[str | None] = mapped_column(EncryptedText)
    line_request_id: Mapped[str | None] = mapped_column(String(64))
    settled_at: Mapped[datetime | None]  # when staff dealt with a refused one
    settled_by: Mapped[int | None]
    is_passing: Mapped[bool] = mapped_column(default=False, server_default=false())  # gone once it was handed to LINE


class Utterance(Base):
    """One thing said in a thread, by the resident, the bot or a member of staff, as the resident saw it.

    `message_hash` is the keyed hash of LINE's message id, to erase the words when the resident unsends them.
    """

    __tablename__ = "utterance"
    __table_args__ = (CheckConstraint("speaker in ('resident', 'bot', 'staff')", name="speaker"),)

    id: Mapped[int] = mapped_column(SERIAL, primary_key=True, autoincrement=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id", ondelete="CASCADE"), index=True)
    said_at: Mapped[datetime] = mapped_column(index=True)
    speaker: Mapped[Literal["resident", "bot", "staff"]] = mapped_column(String(8))
    words: Mapped[str | None] = mapped_column(EncryptedText)
    message_hash: Mapped[str | None] = mapped_column(String(22), index=True)
    unsent_at: Mapped[datetime | None]
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id", ondelete="SET NULL"))
    staff_id: Mapped[int | None]  # which member of staff said it
    case_id: Mapped[int | None] = mapped_column(index=True)  # empty: between the resident and the bot
    place: Mapped[Literal["line", "room"]] = mapped_column(String(4), default="line", server_default="line")
    form_key: Mapped[str | None] = mapped_column(String(22), index=True, unique=True)  # a form sent twice is one thing

    photo: Mapped[RoomPhoto | None] = relationship(lazy="selectin", viewonly=True)
