"""The stand-in refuses what LINE would refuse, and acts as LINE acts: tables of its rules.

The limits are those of LINE's reference (https://developers.line.biz/en/reference/messaging-api/).
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import urllib3

from bot.simulator import Simulator
from bot.simulator.server import Server

HTTP = urllib3.PoolManager(retries=False, timeout=5)


class Caller:
    """A program that calls the stand-in as it would call LINE."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
        self.line = Simulator(now=lambda: self.at)
        self.server = Server(self.line)
        self.line.webhook_url = f"{self.server.url}/nowhere"
        self.hana = self.line.resident("ハナ", "U" + "a" * 32)
        self.hana.follows_us = True

    def calls(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, dict]:
        given = {"authorization": f"Bearer {self.line.access_token}", "content-type": "application/json"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        answer = HTTP.request(method, self.server.url + path, body=data, headers=given)
        return answer.status, answer.json() if "json" in answer.headers.get("content-type", "") else {}

    def pushes(self, *messages: object, to: str = "", key: str = "") -> tuple[int, dict]:
        headers = {"x_line_retry_key": key} if key else {}
        body = {"to": to or self.hana.user_id, "messages": messages}
        return self.calls("POST", "/v2/bot/message/push", body, **headers)

    def replies(self, token: str, *messages: object) -> int:
        return self.calls("POST", "/v2/bot/message/reply", {"replyToken": token, "messages": messages})[0]

    def fresh_token(self) -> str:
        source = {"type": "user", "userId": self.hana.user_id}
        return str(self.line.prepare_event(source, {"type": "follow"})["replyToken"])

    def makes_menu(self, **changes: object) -> tuple[int, dict]:
        return self.calls("POST", "/v2/bot/richmenu", {**MENU, **changes})

    def has_menu(self) -> str:
        menu_id = str(self.makes_menu()[1]["richMenuId"])
        assert self.calls("POST", f"/v2/bot/richmenu/{menu_id}/content", b"png", content_type="image/png")[0] == 200
        return menu_id


@pytest.fixture
def caller() -> Iterator[Caller]:
    one = Caller()
    yield one
    one.server.stop()


def text(words: str = "はい", **more: object) -> dict:
    return {"type": "text", "text": words, **more}


def flex(contents: dict, alt: str = "お返事") -> dict:
    return {"type": "flex", "altText": alt, "contents": contents}


def bubble(*components: dict, **more: object) -> dict:
    return {"type": "bubble", "body": {"type": "box", "layout": "vertical", "contents": list(components)}, **more}


def button(action: dict) -> dict:
    return bubble({"type": "button", "action": action})


def carousel(*bubbles: dict) -> dict:
    return flex({"type": "carousel", "contents": bubbles})


def quick(*actions: dict) -> dict:
    return text(quickReply={"items": [{"type": "action", "action": one} for one in actions]})


TAP = {"type": "postback", "label": "はい", "data": "t:x"}
PICK = {"type": "datetimepicker", "label": "日", "data": "d", "mode": "date"}
LINK = {"type": "uri", "label": "見る", "uri": "https://example.jp/"}
SWITCH = {"type": "richmenuswitch", "label": "ほか", "data": "t:menu.more", "richMenuAliasId": "more"}
CONFIRM = {
    "type": "template",
    "altText": "a",
    "template": {"type": "confirm", "text": "よろしいですか", "actions": [TAP, TAP]},
}
PICTURE = {
    "type": "image",
    "originalContentUrl": "https://example.jp/a.png",
    "previewImageUrl": "https://example.jp/b.png",
}
FIRST = {"x": 0, "y": 0, "width": 833, "height": 843}
MENU = {
    "size": {"width": 2500, "height": 1686},
    "selected": True,
    "name": "menu",
    "chatBarText": "メニュー",
    "areas": [{"bounds": FIRST, "action": TAP}],
}


@pytest.mark.parametrize(
    ("message", "where"),
    [
        ({"type": "poem"}, "type"),
        (text(""), "text"),
        (text("🍎" * 2_501), "text"),
        (quick(*[TAP] * 14), "quickReply.items"),
        (quick({**TAP, "label": "あ" * 21}), "quickReply.items[0].action.label"),
        (quick({**TAP, "data": "x" * 301}), "quickReply.items[0].action.data"),
        (quick({**TAP, "displayText": "a", "text": "b"}), "quickReply.items[0].action.text"),
        (quick({**PICK, "mode": "year"}), "quickReply.items[0].action.mode"),
        (quick(SWITCH), "quickReply.items[0].action.type"),
        (flex(bubble(text("あ")), "あ" * 1_501), "altText"),
        (flex({"type": "bubble"}), "contents"),
        (flex(bubble(text(""))), "contents.body.contents[0].text"),
        (flex(bubble(text("a", colour="#000000"))), "contents.body.contents[0].colour"),
        (flex(bubble({"type": "span", "text": "a"})), "contents.body.contents[0].type"),
        (flex(bubble(text("あ" * 11_000))), "contents"),
        (carousel(*[bubble(text("a"))] * 13), "contents.contents"),
        (carousel(bubble(text("a")), bubble(text("b"), size="kilo")), "contents.contents"),
        (flex(button({**LINK, "uri": "javascript:alert(1)"})), "contents.body.contents[0].action.uri"),
        (flex(button({**LINK, "uri": "https://example.jp/あ"})), "contents.body.contents[0].action.uri"),
        (flex(button({"type": "camera", "label": "x"})), "contents.body.contents[0].action.type"),
        ({**CONFIRM, "template": {**CONFIRM["template"], "actions": [TAP]}}, "template.actions"),
        ({**PICTURE, "originalContentUrl": "http://example.jp/a.png"}, "originalContentUrl"),
    ],
)
def test_messages_line_would_refuse_are_refused_and_the_place_is_named(caller, message, where):
    status, said = caller.pushes(message)
    assert status == 400
    assert f"messages[0].{where}" in [detail["property"] for detail in said["details"]]
    assert caller.hana.shown == [] and caller.line.used_this_month == 0


@pytest.mark.parametrize(
    "message",
    [
        text("🍎" * 2_500),
        quick(*[TAP] * 13),
        quick({**TAP, "label": "👨‍👩‍👧" * 20}),
        quick({"type": "location", "label": "場所を送る"}),
        flex(bubble({"type": "text", "text": "a", "wrap": True, "scaling": True}, size="mega")),
        flex(button({"type": "uri", "label": "電話", "uri": "tel:%238008"})),
        flex(button({"type": "clipboard", "label": "写す", "clipboardText": "x" * 1_000})),
        {"type": "sticker", "packageId": "446", "stickerId": "1988"},
        quick(PICK),
        CONFIRM,
        PICTURE,
    ],
)
def test_messages_within_the_limits_are_shown(caller, message):
    status, said = caller.pushes(message)
    assert (status, len(said["sentMessages"]), len(caller.hana.shown)) == (200, 1, 1)


@pytest.mark.parametrize(("count", "status"), [(0, 400), (1, 200), (5, 200), (6, 400)])
def test_a_call_takes_one_to_five_messages(caller, count, status):
    assert caller.pushes(*[text()] * count)[0] == status


def test_a_reply_token_works_once_and_for_a_minute(caller):
    token = caller.fresh_token()
    assert caller.replies(token, text()) == 200
    assert caller.replies(token, text()) == 400
    old = caller.fresh_token()
    caller.at += timedelta(seconds=61)
    assert caller.replies(old, text()) == 400
    assert caller.line.used_this_month == 0
    assert len(caller.hana.shown) == 1


def test_a_refused_reply_does_not_use_up_its_token(caller):
    token = caller.fresh_token()
    assert caller.replies(token, text("")) == 400
    assert caller.replies(token, text()) == 200


def test_a_retry_key_is_accepted_once_a_day(caller):
    key = "123e4567-e89b-12d3-a456-426614174000"
    assert caller.pushes(text(), key=key)[0] == 200
    assert caller.pushes(text(), key=key)[0] == 409
    assert (len(caller.hana.shown), caller.line.used_this_month) == (1, 1)
    caller.at += timedelta(hours=25)
    assert caller.pushes(text(), key=key)[0] == 200


def test_a_retry_key_on_a_reply_is_refused(caller):
    body = {"replyToken": caller.fresh_token(), "messages": [text()]}
    assert caller.calls("POST", "/v2/bot/message/reply", body, x_line_retry_key="k")[0] == 400


def test_over_the_month_nothing_is_sent_but_replies_are(caller):
    caller.line.monthly_limit, key = 1, "123e4567-e89b-12d3-a456-426614174001"
    assert caller.pushes(text())[0] == 200
    assert caller.pushes(text(), key=key) == (429, {"message": "You have reached your monthly limit."})
    caller.line.monthly_limit = 2
    assert caller.pushes(text(), key=key)[0] == 200  # the refused key was not used up
    assert (
        caller.calls("POST", "/v2/bot/message/reply", {"replyToken": caller.fresh_token(), "messages": [text()]})[0]
        == 200
    )
    assert caller.calls("GET", "/v2/bot/message/quota/consumption")[1] == {"totalUsage": 2}


def test_who_blocked_us_is_shown_nothing_and_line_says_200(caller):
    caller.hana.has_blocked = True
    assert caller.pushes(text())[0] == 200
    assert (caller.hana.shown, caller.line.used_this_month) == ([], 0)
    assert caller.calls("GET", f"/v2/bot/profile/{caller.hana.user_id}")[0] == 404


def test_multicast_counts_everybody_once_and_takes_at_most_five_hundred(caller):
    others = [caller.line.resident(f"r{number}").user_id for number in range(3)]
    to = [*others, others[0]]
    assert caller.calls("POST", "/v2/bot/message/multicast", {"to": to, "messages": [text(), text()]})[0] == 200
    assert caller.line.used_this_month == 3
    assert caller.calls("POST", "/v2/bot/message/multicast", {"to": ["U1"] * 501, "messages": [text()]})[0] == 400


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status"),
    [
        ("GET", "/v2/bot/info", None, {"authorization": "Bearer wrong"}, 401),
        ("POST", "/v2/bot/message/push", {"to": "U" + "0" * 32, "messages": [text()]}, {}, 400),
        ("POST", "/v2/bot/message/push", b"not json", {}, 400),
        ("POST", "/v2/bot/message/push", b"x" * (2 * 1024 * 1024 + 1), {}, 413),
        ("POST", "/v2/bot/chat/loading/start", {"chatId": "U" + "a" * 32, "loadingSeconds": 7}, {}, 400),
        ("POST", "/v2/bot/chat/loading/start", {"chatId": "U" + "a" * 32, "loadingSeconds": 10}, {}, 202),
        ("PUT", "/v2/bot/channel/webhook/endpoint", {"endpoint": "http://example.jp/line"}, {}, 400),
        ("GET", "/v2/bot/message/1/content", None, {}, 404),
    ],
)
def test_calls_get_the_status_line_gives(caller, method, path, body, headers, status):
    assert caller.calls(method, path, body, **headers)[0] == status


@pytest.mark.parametrize(
    ("method", "path", "calls", "seconds"),
    [
        ("GET", "/v2/bot/richmenu/list", 10, 1),
        ("POST", "/v2/bot/chat/loading/start", 100, 1),
        ("POST", "/v2/bot/channel/webhook/test", 60, 3_600),
    ],
)
def test_who_calls_too_often_is_told_to_come_later(caller, method, path, calls, seconds):
    now = caller.line.now()
    taken = [caller.line.rates.take(method, path, now) for _ in range(calls + 1)]
    assert taken == [True] * calls + [False]
    assert caller.line.rates.take(method, path, now + timedelta(seconds=seconds / calls * 1.01))
    assert caller.line.rates.take("POST", "/v2/bot/message/push", now)  # another endpoint has a bucket of its own


def test_too_many_calls_over_http_get_429(caller):
    statuses = [caller.calls("GET", "/v2/bot/richmenu/list")[0] for _ in range(11)]
    assert statuses == [200] * 10 + [429]


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"size": {"width": 700, "height": 300}}, "size"),
        ({"size": {"width": 1000, "height": 900}}, "size"),
        ({"selected": None}, "selected"),
        ({"chatBarText": "あ" * 15}, "chatBarText"),
        ({"areas": MENU["areas"] * 21}, "areas"),
        ({"areas": [{"bounds": {**FIRST, "x": 2000}, "action": TAP}]}, "areas[0].bounds"),
        (
            {"areas": [{"bounds": MENU["areas"][0]["bounds"], "action": {"type": "camera", "label": "x"}}]},
            "areas[0].action.type",
        ),
    ],
)
def test_rich_menus_line_would_refuse_are_refused(caller, changes, where):
    status, said = caller.makes_menu(**changes)
    assert status == 400
    assert where in [detail["property"] for detail in said["details"]]


def test_a_menu_needs_its_picture_before_anybody_sees_it(caller):
    menu_id = str(caller.makes_menu()[1]["richMenuId"])
    assert caller.calls("POST", f"/v2/bot/user/all/richmenu/{menu_id}")[0] == 400
    assert caller.calls("POST", f"/v2/bot/user/{caller.hana.user_id}/richmenu/{menu_id}")[0] == 400
    assert caller.calls("POST", f"/v2/bot/richmenu/{menu_id}/content", b"x", content_type="text/plain")[0] == 400
    assert caller.calls("POST", f"/v2/bot/richmenu/{menu_id}/content", b"x", content_type="image/png")[0] == 200
    assert caller.calls("POST", f"/v2/bot/richmenu/{menu_id}/content", b"y", content_type="image/png")[0] == 400
    assert caller.calls("POST", f"/v2/bot/user/all/richmenu/{menu_id}")[0] == 200
    assert caller.hana.buttons() == ["はい"]
    assert caller.calls("DELETE", f"/v2/bot/richmenu/{menu_id}")[0] == 200
    assert caller.hana.buttons() == []
    assert caller.calls("GET", "/v2/bot/user/all/richmenu")[0] == 404


def test_a_person_s_own_menu_comes_before_everybody_s(caller):
    all_menu, own = caller.has_menu(), caller.has_menu()
    caller.calls("POST", f"/v2/bot/user/all/richmenu/{all_menu}")
    me = f"/v2/bot/user/{caller.hana.user_id}/richmenu"
    assert caller.calls("GET", me)[0] == 404
    assert caller.calls("POST", f"{me}/{own}")[0] == 200
    assert caller.calls("GET", me)[1] == {"richMenuId": own}
    assert caller.calls("DELETE", me)[0] == 200
    assert caller.calls("GET", me)[0] == 404


def test_aliases_are_made_once_moved_and_forgotten(caller):
    first, second = caller.has_menu(), caller.has_menu()
    make = {"richMenuAliasId": "page-1", "richMenuId": first}
    assert caller.calls("POST", "/v2/bot/richmenu/alias", {**make, "richMenuAliasId": "Page 1"})[0] == 400
    assert caller.calls("POST", "/v2/bot/richmenu/alias", {**make, "richMenuId": "richmenu-none"})[0] == 400
    assert caller.calls("POST", "/v2/bot/richmenu/alias", make)[0] == 200
    assert caller.calls("POST", "/v2/bot/richmenu/alias", make)[0] == 400
    assert caller.calls("POST", "/v2/bot/richmenu/alias/page-1", {"richMenuId": second})[0] == 200
    assert caller.calls("GET", "/v2/bot/richmenu/alias/page-1")[1]["richMenuId"] == second
    assert caller.calls("GET", "/v2/bot/richmenu/alias/list")[1] == {
        "aliases": [{"richMenuAliasId": "page-1", "richMenuId": second}]
    }
    assert caller.calls("DELETE", "/v2/bot/richmenu/alias/page-1")[0] == 200
    assert caller.calls("GET", "/v2/bot/richmenu/alias/page-1")[0] == 404


def test_switching_menus_shows_the_other_and_tells_the_bot(caller):
    menu_id = caller.has_menu()
    caller.calls("POST", "/v2/bot/richmenu/alias", {"richMenuAliasId": "more", "richMenuId": menu_id})
    event = caller.hana.acts(SWITCH)
    assert event["postback"]["params"] == {"newRichMenuAliasId": "more", "status": "SUCCESS"}
    assert caller.hana.rich_menu_id == menu_id
    missing = caller.hana.acts({**SWITCH, "richMenuAliasId": "none"})
    assert missing["postback"]["params"]["status"] == "RICHMENU_ALIAS_ID_NOTFOUND"
