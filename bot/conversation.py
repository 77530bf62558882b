"""The words the rooms share when they speak of a conversation: what a resident did, and what the bot says back.

LINE's JSON becomes a `Turn` once, at the door; a `Reply` becomes LINE's JSON once, when it is delivered. In between
nobody needs to know LINE. This module imports nothing of ours.

    Turn      one thing a resident did, with everything a handler may use to answer it
    Reply     what the bot says, and what it waits for next
    Text, Cards, Notice   what can be said
    Choice, Tap, Say, Dial, Open, SharePlace, PickDate    what can be tapped
    Flow      a conversation of several steps, each with a stored name
"""

from __future__ import annotations

import datetime as clock
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

# ── what can be tapped ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Choice:
    """An answer to the question being asked. Typing the label means the same as tapping it.

    `value` reaches the step that waits as `turn.choice`. It is an opaque id: never words a resident said.
    """

    value: str
    label: str
    kind: Literal["choice"] = "choice"
    step: str = ""  # filled in by the router: which step the question belongs to


@dataclass(frozen=True)
class Tap:
    """A button that works at any time: it reaches the handler registered with `@on_tap(to)`, as `turn.choice`."""

    label: str
    to: str
    value: str = ""
    shows_label: bool = True  # whether the label appears as the resident's own bubble
    kind: Literal["tap"] = "tap"


@dataclass(frozen=True)
class Say:
    """A button that says something for the resident, as if typed."""

    label: str
    words: str
    kind: Literal["say"] = "say"


@dataclass(frozen=True)
class Dial:
    """A button that telephones. `number` as people write it (079-424-4318, #8008)."""

    label: str
    number: str
    kind: Literal["dial"] = "dial"


@dataclass(frozen=True)
class Open:
    """A button that opens a web page."""

    label: str
    url: str
    kind: Literal["open"] = "open"


@dataclass(frozen=True)
class SharePlace:
    """A button that lets the resident send a place on the map. Only among the choices under a message."""

    label: str
    kind: Literal["place"] = "place"


@dataclass(frozen=True)
class PickDate:
    """A button that opens a calendar (or a clock): the waiting step gets `turn.date` (and `turn.time`)."""

    label: str
    mode: Literal["date", "time", "datetime"] = "date"
    initial: str = ""
    earliest: str = ""
    latest: str = ""
    kind: Literal["pick"] = "pick"
    step: str = ""


Action = Choice | Tap | Say | Dial | Open | SharePlace | PickDate

# ── what can be said ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Text:
    """A bubble of plain words, at most 5,000 UTF-16 units."""

    words: str
    kind: Literal["text"] = "text"


@dataclass(frozen=True)
class Row:
    """One line of a card: a small label (「きょう」) and its words (「17時まで」). `tone` colours state."""

    label: str
    words: str
    tone: Literal["plain", "good", "muted", "warn"] = "plain"


@dataclass(frozen=True)
class Card:
    """One thing worth a card: a place to get help, an answer."""

    title: str
    note: str = ""  # small words above the title, such as the category
    body: str = ""
    rows: tuple[Row, ...] = ()
    actions: tuple[Action, ...] = ()
    footnote: str = ""
    tone: Literal["plain", "urgent"] = "plain"


@dataclass(frozen=True)
class Cards:
    """One card, or up to twelve side by side. `alt` is what a lock screen shows: never the subject of a question."""

    cards: tuple[Card, ...]
    alt: str
    kind: Literal["cards"] = "cards"


@dataclass(frozen=True)
class Notice:
    """Something a service lets the house say: `handlers.notices` has its words, found when it is delivered.

    `facts` are short opaque strings (an id, a token, an instant): never words anybody wrote.
    """

    name: str
    facts: Mapping[str, str] = field(default_factory=dict)
    kind: Literal["notice"] = "notice"


Message = Text | Cards | Notice


def message_to_plain(message: Message) -> dict[str, Any]:
    """The message as plain data, for the outbox."""
    return asdict(message)


def message_from_plain(plain: Mapping[str, Any]) -> Message:
    """The message again from `message_to_plain`'s data."""
    if plain["kind"] == "text":
        return Text(plain["words"])
    if plain["kind"] == "notice":
        return Notice(plain["name"], plain["facts"])
    return Cards(tuple(_card(card) for card in plain["cards"]), plain["alt"])


_ACTIONS: dict[str, type] = {
    "choice": Choice,
    "tap": Tap,
    "say": Say,
    "dial": Dial,
    "open": Open,
    "place": SharePlace,
    "pick": PickDate,
}


def action_from_plain(plain: Mapping[str, Any]) -> Action:
    """The action again from `dataclasses.asdict`'s data."""
    action: Action = _ACTIONS[plain["kind"]](**plain)
    return action


def _card(plain: Mapping[str, Any]) -> Card:
    return Card(
        **{
            **plain,
            "rows": tuple(Row(**row) for row in plain["rows"]),
            "actions": tuple(action_from_plain(action) for action in plain["actions"]),
        }
    )


def words_of(message: Message) -> str:
    """The message as words alone, for transcripts. A notice has none of its own."""
    if isinstance(message, Text):
        return message.words
    if isinstance(message, Notice):
        return ""
    return "\n\n".join(
        "\n".join(
            part for part in (card.title, card.body, *(f"{row.label} {row.words}".strip() for row in card.rows)) if part
        )
        for card in message.cards
    )


# ── a turn ────────────────────────────────────────────────────────────────────────────────────────────────────────

Heard = Literal[
    "text", "choice", "tap", "place", "sticker", "picture", "sound", "film", "file", "followed", "unfollowed", "unsent"
]


@dataclass(frozen=True)
class Place:
    """A point on the map the resident sent."""

    latitude: float
    longitude: float
    address: str = ""


@dataclass
class Turn:
    """One thing a resident did, and what a handler may use to answer it.

    `session` joins the turn's transaction: whoever runs the turn commits it. `library` is the knowledge base,
    `council` what the council says about itself, `public_url` where our own pages are (no slash at the end).
    """

    heard: Heard
    now: datetime  # aware, Asia/Tokyo
    session: Any = None  # sqlalchemy.orm.Session
    resident: Any = None  # bot.store.residents.Resident
    thread: Any = None  # bot.store.residents.Thread
    library: Any = None  # knowledge.library.Library
    council: Any = None  # bot.services.council.Council
    public_url: str = ""
    said: str = ""  # typed words, as typed
    choice: str = ""  # the value of the tapped (or typed) choice
    step: str = ""  # the step a tapped choice belongs to
    tapped: str = ""  # the name behind a button that works at any time
    date: clock.date | None = None
    time: clock.time | None = None
    place: Place | None = None
    message_hash: str = ""  # names the message that came, or that was taken back
    is_return: bool = False  # followed again after having left
    event_id: str = ""
    written_at: datetime | None = None  # when LINE took it from the resident
    memory: dict[str, Any] = field(default_factory=dict)  # what the open flow remembers
    life: Any = None  # what this sign of life met: bot.services.checkins.signs.Heard
    is_danger: bool = False  # the crisis check heard danger in what was said

    @property
    def today(self) -> clock.date:
        return self.now.date()


# ── a reply ───────────────────────────────────────────────────────────────────────────────────────────────────────

Handler = Callable[[Turn], "Reply"]


class Stay:
    """Wait for the same step as before."""


STAY = Stay()


@dataclass(frozen=True)
class Reply:
    """What the bot says, and what it waits for next.

    `messages`: one message or up to three. `choices` stand under the last one (at most 13). `wait_for` is the step
    function that hears the answer; None ends the flow. `remember` is added to the flow's memory.
    `is_safety` marks words that must be said even while a person owns the thread. `is_passing` marks words of which
    nothing may stay once they are delivered; the router sets it for flows that keep no words.
    """

    messages: Message | tuple[Message, ...] = ()
    choices: tuple[Action, ...] = ()
    wait_for: Handler | Stay | None = None
    remember: Mapping[str, Any] = field(default_factory=dict)
    is_safety: bool = False
    is_passing: bool = False

    @property
    def said(self) -> tuple[Message, ...]:
        return self.messages if isinstance(self.messages, tuple) else (self.messages,)


class Flow:
    """A conversation of several steps. A step's stored name is written out, so a rename strands nobody.

    flow = Flow("pause")

    @flow.opens
    def ask_until_when(turn): return Reply(..., wait_for=hear_until_when)

    @flow.step("until_when")
    def hear_until_when(turn): ...
    """

    def __init__(
        self,
        name: str,
        *,
        offers_back: bool = True,
        keeps_no_words: bool = False,
        hears_danger: bool = False,
        beside_people: bool = False,
    ) -> None:
        """`keeps_no_words`: the conversation keeps nothing said in it. `hears_danger`: where the crisis check answers,
        the open step hears the text as well (`turn.is_danger`), and its question follows the numbers.
        `beside_people`: it goes on while a person answers."""
        self.name = name
        self.offers_back = offers_back
        self.keeps_no_words = keeps_no_words
        self.hears_danger = hears_danger
        self.beside_people = beside_people
        self.first: Handler | None = None
        self.steps: dict[str, Handler] = {}

    def opens(self, handler: Handler) -> Handler:
        self.first = handler
        return handler

    def step(self, name: str) -> Callable[[Handler], Handler]:
        full = f"{self.name}.{name}"

        def keep(handler: Handler) -> Handler:
            self.steps[full] = handler
            handler.step_name = full  # type: ignore[attr-defined]
            return handler

        return keep


def step_name(handler: Handler) -> str:
    """The stored name of a step function. AttributeError when it was not registered with `@flow.step`."""
    name: str = handler.step_name  # type: ignore[attr-defined]
    return name
