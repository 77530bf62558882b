"""LINE's side of the conversation: reply tokens, retry keys, quota, and webhooks out.

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
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import urllib3

from bot.simulator.phone import Resident
from bot.simulator.rates import Rates
from bot.simulator.troubles import Troubles

TOKEN_LIVES = timedelta(seconds=60)
TOKEN_LIVES_AT_MOST = timedelta(minutes=20)
RETRY_KEY_LIVES = timedelta(hours=24)
WEBHOOK_TIMEOUT = 2.0
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass
class ReplyToken:
    user_id: str
    happened_at: datetime
    received_at: datetime
    is_used: bool = False


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
