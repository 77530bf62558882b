"""LINE's HTTP interface: the endpoints the bot uses, with LINE's status codes and error bodies."""

import json
import secrets
import socket
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, current_app, g, request

from bot.simulator.line import Simulator
from bot.simulator.rules import Fault, faults

LARGEST_BODY = 2 * 1024 * 1024
MONTH_IS_OVER = "You have reached your monthly limit."
TOO_FAST = "The API rate limit has been exceeded. Try again later."
BAD_TOKEN = "Authentication failed. Confirm that the access token in the authorization header is valid."  # noqa: S105
KEYED = ("/v2/bot/message/push", "/v2/bot/message/multicast", "/v2/bot/message/broadcast")

api = Blueprint("api", __name__)


def line() -> Simulator:
    simulator: Simulator = current_app.extensions["line"]
    return simulator


def said(status: int, body: dict[str, Any] | None = None, **headers: str) -> Response:
    return Response(json.dumps(body or {}, ensure_ascii=False), status, headers, mimetype="application/json")


def wrong(status: int, message: str, found: list[Fault] | None = None) -> Response:
    """LINE's error body."""
    body: dict[str, Any] = {"message": message}
    if found:
        body["details"] = [{"message": text, "property": where} for text, where in found]
    return said(status, body)


def body() -> dict[str, Any]:
    given = request.get_json(silent=True)
    return given if isinstance(given, dict) else {}


@api.before_request
def before() -> Response | None:
    g.request_id = secrets.token_hex(18)
    g.cut_after = False
    if request.headers.get("authorization") != f"Bearer {line().access_token}" and "oauth" not in request.path:
        return wrong(401, BAD_TOKEN)
    if (request.content_length or 0) > LARGEST_BODY:
        return wrong(413, "Request body too large")
    if "x-line-retry-key" in request.headers and request.path not in KEYED:
        return wrong(400, "The X-Line-Retry-Key header is not supported for this endpoint")
    if not line().rates.take(request.method, request.path, line().now()):
        return wrong(429, TOO_FAST)
    return _trouble()


def _trouble() -> Response | None:
    trouble = line().troubles.of_call(request.path)
    match trouble.kind if trouble else None:
        case "429":
            return wrong(429, TOO_FAST)
        case "quota":
            return wrong(429, MONTH_IS_OVER)
        case "500":
            return wrong(500, "Internal error")
        case "hang":
            trouble.is_over.wait(trouble.seconds)  # type: ignore[union-attr]
            _cut()
        case "slow":
            trouble.is_over.wait(trouble.seconds)  # type: ignore[union-attr]
        case "cut before":
            _cut()
        case "cut after":
            g.cut_after = True
    return None


def _cut() -> None:
    """Break the connection, as a network does."""
    connection = request.environ.get("werkzeug.socket")
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError("cut on purpose")


@api.after_request
def after(response: Response) -> Response:
    response.headers["x-line-request-id"] = g.get("request_id", "")
    line().calls.append((request.method, request.path, response.status_code))
    if g.get("cut_after"):
        _cut()
    return response


# ── messages ──


@api.post("/v2/bot/message/reply")
def reply() -> Response:
    given = body()
    if found := faults(given.get("messages")):
        return wrong(400, f"The request body has {len(found)} error(s)", found)
    token = line().use_token(str(given.get("replyToken", "")))
    if token is None:
        return wrong(400, "Invalid reply token")
    ids = line().show(token.user_id, given["messages"])
    return said(
        200, {"sentMessages": [{"id": message_id, "quoteToken": secrets.token_urlsafe(8)} for message_id in ids]}
    )


@api.post("/v2/bot/message/push")
def push() -> Response:
    given = body()
    to = str(given.get("to", ""))
    if found := faults(given.get("messages")):
        return wrong(400, f"The request body has {len(found)} error(s)", found)
    if to not in line().residents and not to.startswith(("C", "R")):
        return wrong(400, "Failed to send messages")
    return _send([to], given["messages"])


@api.post("/v2/bot/message/multicast")
def multicast() -> Response:
    given = body()
    to = given.get("to")
    if not isinstance(to, list) or not 1 <= len(to) <= 500:
        return wrong(400, "The request body has 1 error(s)", [("Size must be between 1 and 500", "to")])
    if found := faults(given.get("messages")):
        return wrong(400, f"The request body has {len(found)} error(s)", found)
    return _send([str(user_id) for user_id in dict.fromkeys(to)], given["messages"])


@api.post("/v2/bot/message/broadcast")
def broadcast() -> Response:
    given = body()
    if found := faults(given.get("messages")):
        return wrong(400, f"The request body has {len(found)} error(s)", found)
    return _send([one.user_id for one in list(line().residents.values()) if one.follows_us], given["messages"])


def _send(recipients: list[str], messages: list[dict[str, Any]]) -> Response:
    """What push, multicast and broadcast share: the month, the retry key, and phones that show something."""
    known = line().residents
    reached = [one for one in recipients if one not in known or not known[one].has_blocked]
    key = request.headers.get("x-line-retry-key")
    if key:
        before_id = line().accept_key(key, g.request_id)
        if before_id is not None:
            response = wrong(409, "The retry key is already accepted")
            response.headers["x-line-accepted-request-id"] = before_id
            return response
    if not line().count(len(reached)):
        if key:
            line().retry_keys.pop(key, None)
        return wrong(429, MONTH_IS_OVER)
    ids = [message_id for one in reached for message_id in line().show(one, messages)]
    sent = [{"id": message_id} for message_id in ids] if request.path.endswith("push") else []
    if request.path.endswith("push") and not sent:
        sent = [{"id": line().next_message_id()} for _ in messages]  # blocked: LINE answers 200 all the same
    return said(200, {"sentMessages": sent} if request.path.endswith("push") else {})


@api.post("/v2/bot/message/validate/<kind>")
def validate(kind: str) -> Response:
    found = faults(body().get("messages"))
    return wrong(400, f"The request body has {len(found)} error(s)", found) if found else said(200)


@api.post("/v2/bot/chat/loading/start")
def show_typing() -> Response:
    given = body()
    seconds = given.get("loadingSeconds", 20)
    resident = line().residents.get(str(given.get("chatId", "")))
    if resident is None:
        return wrong(400, "The request body has 1 error(s)", [("Unknown chat", "chatId")])
    if not isinstance(seconds, int) or not 5 <= seconds <= 60 or seconds % 5:
        return wrong(400, "The request body has 1 error(s)", [("Must be 5 to 60 in steps of 5", "loadingSeconds")])
    resident.typing_until = line().now() + timedelta(seconds=seconds)
    line().changed()
    return said(202)


@api.post("/v2/bot/chat/markAsRead")
def mark_as_read() -> Response:
    return said(200) if body().get("markAsReadToken") else wrong(400, "May not be empty")


@api.get("/v2/bot/message/quota")
def quota() -> Response:
    limit = line().monthly_limit
    return said(200, {"type": "none"} if limit is None else {"type": "limited", "value": limit})


@api.get("/v2/bot/message/quota/consumption")
def consumption() -> Response:
    return said(200, {"totalUsage": line().used_this_month})


@api.get("/v2/bot/message/<message_id>/content")
@api.get("/v2/bot/message/<message_id>/content/preview")
def content(message_id: str) -> Response:
    found = line().contents.get(message_id)
    return Response(found, 200, mimetype="image/jpeg") if found is not None else wrong(404, "Not found")


@api.get("/v2/bot/message/<message_id>/content/transcoding")
def transcoding(message_id: str) -> Response:
    return said(200, {"status": "succeeded" if message_id in line().contents else "failed"})


# ── bot, people, webhook ──


@api.get("/v2/bot/info")
def info() -> Response:
    return said(
        200,
        {"userId": line().bot_user_id, "basicId": "@demo", "displayName": "ささえあい（練習）", "chatMode": "bot",
         "markAsReadMode": "auto"},
    )  # fmt: skip


@api.get("/v2/bot/profile/<user_id>")
def profile(user_id: str) -> Response:
    resident = line().residents.get(user_id)
    if resident is None or resident.has_blocked:
        return wrong(404, "Not found")
    return said(200, {"userId": user_id, "displayName": resident.name, "language": "ja"})


@api.post("/v2/bot/<kind>/<group>/leave")
def leave(kind: str, group: str) -> Response:
    line().left_groups.append(group)
    return said(200)


@api.put("/v2/bot/channel/webhook/endpoint")
def set_webhook() -> Response:
    address = str(body().get("endpoint", ""))
    if not address.startswith(("https://", "http://127.0.0.1", "http://localhost")) or len(address) > 500:
        return wrong(400, "Invalid webhook endpoint URL")
    line().webhook_url = address
    return said(200)


@api.get("/v2/bot/channel/webhook/endpoint")
def get_webhook() -> Response:
    return said(200, {"endpoint": line().webhook_url, "active": True})


@api.post("/v2/bot/channel/webhook/test")
def test_webhook() -> Response:
    status = line().deliver([])
    good = status == 200
    reason = "OK" if good else "COULD_NOT_CONNECT" if status == 0 else "ERROR_STATUS_CODE"
    answer = {"success": good, "timestamp": line().now().isoformat(), "statusCode": status, "reason": reason}
    return said(200, {**answer, "detail": str(status)})


# ── tokens ──


@api.post("/v2/oauth/accessToken")
@api.post("/oauth2/v3/token")
def token() -> Response:
    return said(200, {"access_token": line().access_token, "expires_in": 900, "token_type": "Bearer"})


@api.route("/v2/oauth/verify", methods=["GET", "POST"])
def verify() -> Response:
    return said(200, {"client_id": "demo", "expires_in": 900, "scope": "P CM"})
