"""LINE's side of the conversation: residents with their phones, reply tokens, retry keys, quota, and webhooks out.

line = Simulator(webhook_url="http://127.0.0.1:8000/line/webhook")
hana = line.resident("ハナ")
hana.follows()
hana.says("こんにちは")
hana.shown[-1].words
"""

import base64
import hashlib
import hmac
import itertools
import json
import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import urllib3

from bot.simulator.rates import Rates
from bot.simulator.reading import buttons_of, words_of
from bot.simulator.troubles import Troubles

TOKEN_LIVES = timedelta(seconds=60)
TOKEN_LIVES_AT_MOST = timedelta(minutes=20)
RETRY_KEY_LIVES = timedelta(hours=24)
WEBHOOK_TIMEOUT = 2.0
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass
class Shown:
    """One bubble in a chat, as the resident sees it."""

    number: int
    by: str  # "bot" or "resident"
    at: datetime
    message: dict[str, Any]
    message_id: str
    is_unsent: bool = False

    @property
    def words(self) -> str:
        """Everything there is to read in it."""
        return words_of(self.message)


@dataclass
class ReplyToken:
    user_id: str
    happened_at: datetime
    received_at: datetime
    is_used: bool = False


@dataclass
class Resident:
    """Somebody with LINE on the phone."""

    line: "Simulator"
    user_id: str
    name: str
    follows_us: bool = False
    has_blocked: bool = False
    shown: list[Shown] = field(default_factory=list)
    typing_until: datetime | None = None
    rich_menu_id: str | None = None
    phone_calls: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    guard: threading.RLock = field(default_factory=threading.RLock)

    # ── what a person does ──

    def follows(self) -> dict[str, Any]:
        """Adds the account as a friend, or unblocks it."""
        was_blocked, self.has_blocked, self.follows_us = self.has_blocked, False, True
        return self.line.send_event(self, {"type": "follow", "follow": {"isUnblocked": was_blocked}})

    def blocks(self) -> dict[str, Any]:
        self.has_blocked, self.follows_us = True, False
        return self.line.send_event(self, {"type": "unfollow"}, has_token=False)

    def says(self, text: str) -> dict[str, Any]:
        return self._sends({"type": "text", "text": text, "quoteToken": secrets.token_urlsafe(8)})

    def sends_sticker(self, package: str = "446", sticker: str = "1988") -> dict[str, Any]:
        return self._sends(
            {"type": "sticker", "packageId": package, "stickerId": sticker, "stickerResourceType": "STATIC",
             "keywords": ["hello"], "quoteToken": secrets.token_urlsafe(8)}
        )  # fmt: skip

    def sends_file_like(self, kind: str, content: bytes = b"", **facts: Any) -> dict[str, Any]:
        """An `image`, `video`, `audio` or `file`."""
        message = {"type": kind, **facts}
        if kind != "file":
            message["contentProvider"] = {"type": "line"}
        if kind in ("image", "video"):
            message["quoteToken"] = secrets.token_urlsafe(8)
        return self._sends(message, content)

    def sends_location(self, latitude: float, longitude: float, address: str = "", title: str = "") -> dict[str, Any]:
        message = {"type": "location", "latitude": latitude, "longitude": longitude, "address": address}
        return self._sends({**message, **({"title": title} if title else {})})

    def unsends(self, shown: Shown) -> dict[str, Any]:
        shown.is_unsent = True
        event = {"type": "unsend", "unsend": {"messageId": shown.message_id}}
        return self.line.send_event(self, event, has_token=False)

    def taps(self, label: str, params: dict[str, str] | None = None) -> dict[str, Any] | None:
        """Taps the newest visible button with this label, as LINE would act on it. LookupError when there is none."""
        for action in reversed(self.actions()):
            if action.get("label") == label or action.get("displayText") == label:
                return self.acts(action, params)
        raise LookupError(f"no button 「{label}」; there are: " + "、".join(self.buttons()))

    def acts(self, action: dict[str, Any], params: dict[str, str] | None = None) -> dict[str, Any] | None:
        """What LINE does when a button with this action is tapped."""
        match action["type"]:
            case "richmenuswitch":
                return self._switches_menu(action)
            case "postback" | "datetimepicker":
                if action.get("displayText"):
                    self._shows({"type": "text", "text": action["displayText"]})
                postback = {"data": action["data"], **({"params": params} if params else {})}
                return self.line.send_event(self, {"type": "postback", "postback": postback})
            case "message":
                return self.says(action["text"])
            case "uri" if action["uri"].startswith("tel:"):
                self.phone_calls.append(action["uri"].removeprefix("tel:").replace("%23", "#"))
            case "uri":
                self.opened.append(action["uri"])
        return None

    def _switches_menu(self, action: dict[str, Any]) -> dict[str, Any]:
        """Another rich menu unfolds; the bot is told whether it could."""
        alias = action["richMenuAliasId"]
        menu_id = self.line.rich_menu_aliases.get(alias)
        status = "SUCCESS" if menu_id else "RICHMENU_ALIAS_ID_NOTFOUND"
        if menu_id and menu_id not in self.line.rich_menus:
            status = "RICHMENU_NOTFOUND"
        if status == "SUCCESS":
            self.rich_menu_id = menu_id
            self.line.changed()
        params = {"newRichMenuAliasId": alias, "status": status}
        return self.line.send_event(self, {"type": "postback", "postback": {"data": action["data"], "params": params}})

    # ── what a person sees ──

    def actions(self) -> list[dict[str, Any]]:
        """The actions that can be tapped now, oldest first: rich menu, cards, then the newest quick replies."""
        found = self.line.menu_actions(self)
        with self.guard:
            for bubble in self.shown:
                if bubble.by == "bot":
                    found += buttons_of(bubble.message)
            found += self.quick_replies()
        return found

    def quick_replies(self) -> list[dict[str, Any]]:
        """Quick replies stand only under the newest message, and vanish with the next one."""
        if not self.shown or self.shown[-1].by != "bot":
            return []
        items = self.shown[-1].message.get("quickReply", {}).get("items", [])
        return [item["action"] for item in items]

    def buttons(self) -> list[str]:
        return [str(action.get("label", "")) for action in self.actions()]

    @property
    def is_typing(self) -> bool:
        """Whether the bot is shown as typing."""
        return self.typing_until is not None and self.typing_until > self.line.now()

    def _sends(self, message: dict[str, Any], content: bytes = b"") -> dict[str, Any]:
        shown = self._shows(message)
        if content:
            self.line.contents[shown.message_id] = content
        message = {**message, "id": shown.message_id, "markAsReadToken": secrets.token_urlsafe(12)}
        return self.line.send_event(self, {"type": "message", "message": message})

    def _shows(self, message: dict[str, Any], by: str = "resident") -> Shown:
        with self.guard:
            shown = Shown(self.line.next_number(), by, self.line.now(), message, self.line.next_message_id())
            self.shown.append(shown)
            if by == "bot":
                self.typing_until = None
        self.line.changed()
        return shown


class Simulator:
    """The whole of LINE that one bot meets. State lives in memory; `now` can be moved by hand."""

    def __init__(
        self,
        *,
        webhook_url: str = "",
        channel_secret: str = "demo-channel-secret",  # noqa: S107
        access_token: str = "demo-access-token",  # noqa: S107 - opens nothing but this stand-in
        now: Callable[[], datetime] | None = None,
        monthly_limit: int | None = 5_000,
        seed: int = 1,
    ) -> None:
        self.webhook_url = webhook_url
        self.channel_secret = channel_secret
        self.access_token = access_token
        self.now = now or (lambda: datetime.now(UTC))
        self.monthly_limit = monthly_limit
        self.used_this_month = 0
        self.bot_user_id = "U" + secrets.token_hex(16)
        self.redelivers = True
        self.troubles = Troubles(seed)
        self.rates = Rates()
        self.residents: dict[str, Resident] = {}
        self.tokens: dict[str, ReplyToken] = {}
        self.retry_keys: dict[str, tuple[datetime, str]] = {}
        self.contents: dict[str, bytes] = {}
        self.rich_menus: dict[str, dict[str, Any]] = {}
        self.rich_menu_images: dict[str, tuple[str, bytes]] = {}
        self.rich_menu_aliases: dict[str, str] = {}
        self.default_rich_menu: str | None = None
        self.left_groups: list[str] = []
        self.group_messages: list[tuple[str, dict[str, Any]]] = []
        self.webhook_answers: list[tuple[str, int]] = []
        self.undelivered: list[dict[str, Any]] = []
        self.calls: list[tuple[str, str, int]] = []  # method, path, status
        self._numbers = itertools.count(1)
        self._message_ids = itertools.count(500_000_000_000_000_001)
        self._guard = threading.RLock()
        self._change = threading.Condition()
        self._changes = 0
        self._http = urllib3.PoolManager(maxsize=32, retries=False, timeout=WEBHOOK_TIMEOUT)

    # ── people ──

    def resident(self, name: str, user_id: str = "") -> Resident:
        """Somebody new, who does not follow the account yet."""
        resident = Resident(self, user_id or "U" + secrets.token_hex(16), name)
        with self._guard:
            self.residents[resident.user_id] = resident
        self.changed()
        return resident

    def menu_actions(self, resident: Resident) -> list[dict[str, Any]]:
        menu = self.rich_menus.get(resident.rich_menu_id or self.default_rich_menu or "")
        return [area["action"] for area in menu["areas"]] if menu else []

    def forget_menu(self, menu_id: str) -> None:
        """A deleted menu is shown to nobody any more."""
        with self._guard:
            self.rich_menus.pop(menu_id, None)
            self.rich_menu_images.pop(menu_id, None)
            if self.default_rich_menu == menu_id:
                self.default_rich_menu = None
            for resident in self.residents.values():
                if resident.rich_menu_id == menu_id:
                    resident.rich_menu_id = None
        self.changed()

    # ── webhooks ──

    def send_event(self, resident: Resident, event: dict[str, Any], *, has_token: bool = True) -> dict[str, Any]:
        """Complete an event as LINE does and deliver it to the bot. Returns the event, for redelivery."""
        event = self.prepare_event({"type": "user", "userId": resident.user_id}, event, has_token=has_token)
        self.deliver([event])
        return event

    def prepare_event(
        self,
        source: dict[str, str],
        event: dict[str, Any],
        *,
        has_token: bool = True,
        happened_at: datetime | None = None,
    ) -> dict[str, Any]:
        at = happened_at or self.now()
        event = {
            **event,
            "mode": "active",
            "timestamp": int(at.timestamp() * 1000),
            "source": source,
            "webhookEventId": self._ulid(at),
            "deliveryContext": {"isRedelivery": False},
        }
        if has_token:
            event["replyToken"] = secrets.token_hex(16)
            holder = source.get("groupId") or source.get("roomId") or source.get("userId", "")
            self.tokens[event["replyToken"]] = ReplyToken(holder, at, self.now())
        return event

    def redeliver(self, event: dict[str, Any]) -> int:
        """Deliver an event again, as LINE does when it got no 2xx. Its reply token lives a minute more."""
        again = {**event, "deliveryContext": {"isRedelivery": True}}
        if token := self.tokens.get(event.get("replyToken", "")):
            token.received_at = self.now()
        return self.deliver([again])

    def deliver(self, events: Sequence[dict[str, Any]]) -> int:
        """One signed webhook request. The bot's status; 0 when it could not be reached in two seconds."""
        body = json.dumps({"destination": self.bot_user_id, "events": list(events)}, ensure_ascii=False).encode()
        digest = hmac.new(self.channel_secret.encode(), body, hashlib.sha256).digest()
        headers = {
            "content-type": "application/json; charset=utf-8",
            "x-line-signature": base64.b64encode(digest).decode(),
            "user-agent": "LineBotWebhook/2.0",
        }
        try:
            status = self._http.request("POST", self.webhook_url, body=body, headers=headers).status
        except urllib3.exceptions.HTTPError:
            status = 0
        for event in events:
            self.webhook_answers.append((event["webhookEventId"], status))
        if self.redelivers and not 200 <= status < 300:
            self.undelivered.extend(events)
        return status

    def redeliver_undelivered(self) -> int:
        """Try everything again that got no 2xx. How many are left."""
        with self._guard:
            waiting, self.undelivered = self.undelivered, []
        for event in waiting:
            self.redeliver(event)
        return len(self.undelivered)

    # ── messages from the bot ──

    def show(self, user_id: str, messages: Sequence[dict[str, Any]]) -> list[str]:
        """Put accepted messages on the phone. Returns their ids. A blocked account shows nothing."""
        resident = self.residents.get(user_id)
        if resident is None:
            self.group_messages.extend((user_id, message) for message in messages)
            return [self.next_message_id() for _ in messages]
        if resident.has_blocked:
            return [self.next_message_id() for _ in messages]
        return [resident._shows(message, by="bot").message_id for message in messages]

    def use_token(self, token: str) -> ReplyToken | None:
        """The token, used up now; None when it is unknown, used or too old."""
        with self._guard:
            found, now = self.tokens.get(token), self.now()
            if found is None or found.is_used:
                return None
            if now - found.received_at > TOKEN_LIVES or now - found.happened_at > TOKEN_LIVES_AT_MOST:
                return None
            found.is_used = True
            return found

    def accept_key(self, key: str, request_id: str) -> str | None:
        """Note a retry key. The id of the request that used it before, if one did within its life."""
        with self._guard:
            known = self.retry_keys.get(key)
            if known is not None and self.now() - known[0] < RETRY_KEY_LIVES:
                return known[1]
            self.retry_keys[key] = (self.now(), request_id)
            return None

    def count(self, messages: int) -> bool:
        """Count messages against the month. False when it is used up, then nothing is counted."""
        with self._guard:
            if self.monthly_limit is not None and self.used_this_month + messages > self.monthly_limit:
                return False
            self.used_this_month += messages
            return True

    # ── watching ──

    def changed(self) -> None:
        with self._change:
            self._changes += 1
            self._change.notify_all()

    def wait_for_change(self, seen: int, seconds: float) -> int:
        """Wait until something changed since `seen` (a number this returned before), at most `seconds`."""
        with self._change:
            self._change.wait_for(lambda: self._changes != seen, timeout=seconds)
            return self._changes

    def next_number(self) -> int:
        return next(self._numbers)

    def next_message_id(self) -> str:
        return str(next(self._message_ids))

    def _ulid(self, at: datetime) -> str:
        number = (int(at.timestamp() * 1000) << 80) | secrets.randbits(80)
        return "".join(CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))
