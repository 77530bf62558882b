"""A resident with LINE on the phone: what a person does there, and what they see."""

import secrets
import threading
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.simulator.reading import buttons_of, words_of

if TYPE_CHECKING:
    from bot.simulator.line import Simulator


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
