"""Logs: ids, states and durations; never words, names or LINE ids. One `turn` id from the webhook to the delivery."""

import logging
import sys
from datetime import UTC, datetime
from typing import Any

import structlog

SECRET_FIELDS = frozenset({"text", "words", "name", "user_id", "line_id", "body", "token", "secret", "email", "phone"})


def _drop_private(_logger: Any, _method: str, entry: dict[str, Any]) -> dict[str, Any]:
    """A last guard: a field that by its name carries somebody's data is never written."""
    for field in SECRET_FIELDS & entry.keys():
        entry[field] = "(left out)"
    return entry


def _say_when(_logger: Any, _method: str, entry: dict[str, Any]) -> dict[str, Any]:
    """Local time with its distance from UTC: whoever reads it may sit behind a clock that is set otherwise."""
    entry["timestamp"] = datetime.now(UTC).astimezone().isoformat()
    return entry


def set_up(level: str = "INFO", style: str = "auto") -> None:
    """Send structlog and the standard library's logs to standard error, in one form."""
    as_text = style == "text" or (style == "auto" and sys.stderr.isatty())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        _say_when,
        _drop_private,
    ]
    renderer: Any = (
        structlog.dev.ConsoleRenderer() if as_text else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in (
        "urllib3",
        "werkzeug",
        "apscheduler.scheduler",
        "apscheduler.executors.default",
        "huey",
        "alembic.runtime.migration",
        "alembic.runtime.plugins",
    ):
        logging.getLogger(noisy).setLevel(logging.WARNING)
