"""Calls to LINE, through one pooled line-bot-sdk client per process, each with an explicit time-out.

The SDK has no default time-out and urllib3's own repetitions are switched off: what is tried again, and with which
key, is the outbox's decision. Answers are told in our own words, decided by status code alone, since LINE's error
texts may change without notice (https://developers.line.biz/en/docs/partner-docs/development-guidelines/).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import structlog
import urllib3
from linebot.v3.messaging import (
    ApiClient,
    ApiException,
    Configuration,
    MessagingApi,
    MessagingApiBlob,
    MulticastRequest,
    PushMessageRequest,
    ReplyMessageRequest,
    ShowLoadingAnimationRequest,
    ValidateMessageRequest,
)
from linebot.v3.messaging.models.message import Message as LineMessage
from pydantic.v1 import ValidationError

from bot.line.pace import paces

TIMEOUT = (3.0, 8.0)  # seconds to connect, and to read

log = structlog.get_logger(__name__)

Verdict = Literal["accepted", "already", "refused", "later", "unknown", "unsent"]


@dataclass(frozen=True)
class Answer:
    """What LINE said to one call.

    accepted    LINE took it
    already     the retry key was accepted before (409)
    refused     LINE will never take it as it is (400, 403, 404, 413, …)
    later       LINE did not take it, but may later (429; 401 until the token is mended)
    unknown     no clear answer: it may or may not have been taken (5xx, time-out, cut connection)
    unsent      the connection never stood, so LINE cannot have taken it
    """

    verdict: Verdict
    status: int = 0
    reason: str = ""
    request_id: str = ""


@dataclass(frozen=True)
class Quota:
    """The month's messages. `limit` is None where the plan has none. LINE's `used` is approximate."""

    limit: int | None
    used: int

    @property
    def is_used_up(self) -> bool:
        return self.limit is not None and self.used >= self.limit


class Gateway:
    """LINE, as the rest of the program sees it. Make one in each process, after it was forked."""

    def __init__(self, *, api_url: str, data_api_url: str, access_token: str, timeout: tuple[float, float] = TIMEOUT):
        self._timeout = timeout
        self._line = MessagingApi(_client(api_url, access_token))
        self._files = MessagingApiBlob(_client(data_api_url, access_token))
        self._paces = paces()

    def reply(self, reply_token: str, messages: Sequence[dict[str, Any]]) -> Answer:
        """Answer with a reply token: free, and possible once."""
        request = ReplyMessageRequest(replyToken=reply_token, messages=_as_models(messages), notificationDisabled=False)
        return self._tell(lambda: self._line.reply_message_with_http_info(request, _request_timeout=self._timeout))

    def push(self, recipient: str, messages: Sequence[dict[str, Any]], *, retry_key: str) -> Answer:
        """Send on our own account. Counts against the month; safe to repeat with the same key for 24 hours."""
        request = PushMessageRequest(
            to=recipient, messages=_as_models(messages), notificationDisabled=False, customAggregationUnits=None
        )
        self._paces["push"].wait()
        return self._tell(
            lambda: self._line.push_message_with_http_info(
                request, x_line_retry_key=retry_key, _request_timeout=self._timeout
            )
        )

    def multicast(self, recipients: Sequence[str], messages: Sequence[dict[str, Any]], *, retry_key: str) -> Answer:
        """The same to up to 500 people in one call. Counts for each of them; safe to repeat with the same key."""
        request = MulticastRequest(
            to=list(recipients), messages=_as_models(messages), notificationDisabled=False, customAggregationUnits=None
        )
        self._paces["multicast"].wait()
        return self._tell(
            lambda: self._line.multicast_with_http_info(
                request, x_line_retry_key=retry_key, _request_timeout=self._timeout
            )
        )

    def could_be_replied(self, messages: Sequence[dict[str, Any]]) -> Answer:
        """Whether LINE finds nothing wrong with these messages as a reply. Sends nothing."""
        request = ValidateMessageRequest(messages=_as_models(messages))
        return self._tell(lambda: self._line.validate_reply_with_http_info(request, _request_timeout=self._timeout))

    def show_typing(self, recipient: str, *, seconds: int = 20) -> Answer:
        """Show in the open chat that an answer is being written, for 5 to 60 seconds in steps of 5."""
        request = ShowLoadingAnimationRequest(chatId=recipient, loadingSeconds=seconds)
        self._paces["loading"].wait()
        return self._tell(lambda: self._line.show_loading_animation_with_http_info(request, _request_timeout=(1, 2)))

    def leave(self, group: str) -> Answer:
        """Leave a group (`C…`) or an old multi-person chat (`R…`)."""
        leave = self._line.leave_room_with_http_info if group[:1] == "R" else self._line.leave_group_with_http_info
        return self._tell(lambda: leave(group, _request_timeout=self._timeout))

    def quota(self) -> Quota:
        """This month's limit and use. ApiException or urllib3's HTTPError when LINE does not say."""
        limit = self._line.get_message_quota(_request_timeout=self._timeout)
        used = self._line.get_message_quota_consumption(_request_timeout=self._timeout)
        return Quota(int(limit.value or 0) if limit.type == "limited" else None, int(used.total_usage or 0))

    @property
    def api(self) -> MessagingApi:
        """The SDK's client, for setting things up (rich menu, webhook address, bot info)."""
        return self._line

    @property
    def files(self) -> MessagingApiBlob:
        return self._files

    def _tell(self, call: Callable[[], Any]) -> Answer:
        answer = _ask(call)
        if answer.verdict not in ("accepted", "already"):
            log.warning("line call", verdict=answer.verdict, status=answer.status, line_request=answer.request_id)
        return answer


def _client(url: str, access_token: str) -> ApiClient:
    configuration = Configuration(host=url, access_token=access_token)
    configuration.retries = False
    return ApiClient(configuration)


def _as_models(messages: Sequence[dict[str, Any]]) -> list[LineMessage]:
    return [LineMessage.from_dict(message) for message in messages]


def _ask(call: Callable[[], Any]) -> Answer:
    try:
        response = call()
    except ApiException as error:
        return _answer_of(error)
    except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError) as trouble:
        return Answer("unsent", reason=type(trouble).__name__)
    except urllib3.exceptions.MaxRetryError as trouble:
        never = isinstance(
            trouble.reason, urllib3.exceptions.NewConnectionError | urllib3.exceptions.ConnectTimeoutError
        )
        return Answer("unsent" if never else "unknown", reason=type(trouble.reason).__name__)
    except (urllib3.exceptions.HTTPError, UnicodeDecodeError, ValidationError, OSError) as trouble:
        # A 200 whose body misses a field, or an error in an odd encoding: the SDK raises, LINE may have accepted.
        return Answer("unknown", reason=type(trouble).__name__)
    return Answer("accepted", status=int(response.status_code), request_id=_header(response, "x-line-request-id"))


def _answer_of(error: ApiException) -> Answer:
    status = int(error.status or 0)
    found = {"status": status, "reason": str(error.body or "")[:500], "request_id": _header(error, "x-line-request-id")}
    if status == 409:
        return Answer("already", **found)  # type: ignore[arg-type]
    if status in (401, 429):
        return Answer("later", **found)  # type: ignore[arg-type]
    if 400 <= status < 500:
        return Answer("refused", **found)  # type: ignore[arg-type]
    return Answer("unknown", **found)  # type: ignore[arg-type]


def _header(holder: Any, name: str) -> str:
    headers = getattr(holder, "headers", None) or {}
    return str(headers.get(name, ""))
