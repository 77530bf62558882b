"""Settings from the environment and from `.env`, checked before anything starts.

The table in README.md lists each with its meaning; a test keeps both the same.
"""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cryptography.fernet import Fernet
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

DATABASES = ("sqlite://", "postgres://", "postgresql://", "postgresql+psycopg://")
"""How the address of a database begins. The settings are read without the database's library, which takes 30 MiB: the
process that only watches over the web process needs none."""


class SettingsWrong(Exception):
    """The program cannot start. The text is one sentence: which setting is wrong, and how to mend it."""


Words = Annotated[tuple[str, ...], NoDecode]


def _days(default: int, what: str) -> Any:
    return Field(default, ge=7, le=3650, description=f"After how many days {what}")


class Settings(BaseSettings):
    """Everything that differs from one installation to the next."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore")

    database_url: str = Field("sqlite:///var/sasaeai.db", description="Where the data live: SQLite or PostgreSQL.")
    jobs_url: str = Field(
        "", description="Where wake-up calls wait. Empty: a SQLite file beside the database, or the same PostgreSQL."
    )
    line_channel_secret: Words = Field(
        (), description="LINE's channel secret; several, comma-separated, while one is being replaced."
    )
    line_channel_access_token: str = Field("", description="LINE's long-lived channel access token.")
    line_api_url: str = Field("https://api.line.me", description="LINE's API. Only tests and the demo change it.")
    line_data_api_url: str = Field(
        "https://api-data.line.me", description="LINE's API for files. Only tests and the demo change it."
    )
    secret_key: str = Field("", description="Signs the cookies of staff. Long and random.")
    data_keys: Words = Field((), description="Fernet keys, comma-separated. The first encrypts, all of them decrypt.")
    public_url: str = Field("http://127.0.0.1:8000", description="The address residents and LINE reach us at.")
    host: str = Field("127.0.0.1", description="The network address to listen on.")
    port: int = Field(8000, ge=1, le=65535, description="The port to listen on.")
    metrics_port: int = Field(
        0, ge=0, le=65535, description="Where `sasaeai worker` and `sasaeai clock` show their counters. 0: nowhere."
    )
    web_concurrency: int = Field(1, ge=1, le=64, description="How many web processes `sasaeai web` starts.")
    worker_threads: int = Field(4, ge=1, le=64, description="How many conversations one worker answers at a time.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="How much is logged.")
    log_format: Literal["auto", "json", "text"] = Field(
        "auto", description="`text` for people, `json` for machines, `auto`: text in a terminal, JSON elsewhere."
    )
    tz: str = Field("Asia/Tokyo", description="The time zone of the council's days and hours.")
    staff_second_factor: Literal["required", "optional"] = Field(
        "required", description="Whether staff must confirm sign-in with an authenticator app."
    )
    alarm_minutes: int = Field(
        5,
        ge=1,
        le=120,
        description="Minutes until those on call, who hear of an alarm at once, hear again that nobody looked.",
    )
    smtp_url: str = Field(
        "",
        description="The mail server for alarms: `smtp://name:password@host:587` or `smtps://host`. Empty: no e-mail.",
    )
    mail_from: str = Field("", description="The address e-mail to those on call comes from.")
    conversation_keep_days: int = _days(
        365, "talk with the bot is erased: a year, so that who comes back is known. What a case keeps is not touched."
    )
    inbox_keep_days: int = _days(
        30, "ids of answered events go: LINE tells an event again within hours, never after weeks."
    )
    outbox_keep_days: int = _days(90, "deliveries and mails go: a quarter, to look into what LINE refused.")
    checkin_keep_days: int = _days(
        730, "responses, rounds and plans that ended go: two years, to see how somebody is changing."
    )
    question_keep_days: int = _days(365, "questions nobody could answer go: a year of the needs board.")
    worry_keep_days: int = _days(365, "words of closed worry reports are erased; counts stay.")
    rate_limits_url: str = Field(
        "memory://",
        description="Where rate limits are counted: `memory://`, or `database://` when several web processes run.",
    )
    search_sharp: bool = Field(
        False,
        description="Whether search uses the second, finer encoder too (extra `sharp`): better, slower, more memory.",
    )

    @field_validator("line_channel_secret", "data_keys", mode="before")
    @classmethod
    def _comma_separated(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("data_keys")
    @classmethod
    def _are_fernet_keys(cls, keys: tuple[str, ...]) -> tuple[str, ...]:
        for key in keys:
            try:
                Fernet(key)
            except ValueError:
                raise ValueError(
                    "each key must be 32 random bytes in urlsafe base64; `sasaeai init` makes one"
                ) from None
        return keys

    @field_validator("database_url")
    @classmethod
    def _is_known_database(cls, url: str) -> str:
        if not url.startswith(DATABASES):
            raise ValueError("this must begin with sqlite:/// or postgresql://")
        try:
            _ = urlsplit(url).port
        except ValueError:
            raise ValueError("this is no database address; write sqlite:///var/sasaeai.db or postgresql://…") from None
        return url

    @field_validator("rate_limits_url")
    @classmethod
    def _is_place_to_count(cls, url: str) -> str:
        if not url.startswith(("memory://", "database://", "redis://", "rediss://")):
            raise ValueError("write memory://, database:// or redis://…")
        if url.startswith("redis") and find_spec("redis") is None:
            raise ValueError("Redis needs its library (`pip install redis`); database:// needs nothing")
        return url

    @field_validator("public_url", "line_api_url", "line_data_api_url")
    @classmethod
    def _is_web_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError("this must be a web address such as https://example.jp")
        return url.rstrip("/")

    @field_validator("smtp_url")
    @classmethod
    def _is_mail_server(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and (parts.scheme not in ("smtp", "smtps") or not parts.hostname):
            raise ValueError("write smtp://name:password@mail.example.jp:587 or smtps://…")
        return url

    @model_validator(mode="after")
    def _mail_has_a_sender(self) -> "Settings":
        if self.smtp_url and "@" not in self.mail_from:
            raise ValueError("with SMTP_URL set, MAIL_FROM must hold the address e-mail comes from")
        return self

    @field_validator("tz")
    @classmethod
    def _is_time_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("this is no time zone; write Asia/Tokyo") from None
        return name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.tz)

    @property
    def jobs_database_url(self) -> str:
        """JOBS_URL, or its default: beside the SQLite database, or the same PostgreSQL."""
        if self.jobs_url:
            return self.jobs_url
        if self.database_url.startswith("sqlite"):
            path = Path(urlsplit(self.database_url).path.removeprefix("/") or "var/sasaeai.db")
            return f"sqlite:///{path.with_name(path.stem + '-jobs.db')}"
        return self.database_url

    @property
    def is_behind_tls(self) -> bool:
        return self.public_url.startswith("https://")

    @classmethod
    def load(cls, **given: object) -> "Settings":
        """Settings from the environment, `.env`, and `given`. SettingsWrong names the first wrong one."""
        try:
            return cls(**given)  # type: ignore[arg-type]
        except ValidationError as wrong:
            first = wrong.errors()[0]
            name = str(first["loc"][0]).upper() if first["loc"] else "MAIL_FROM"  # the one check over two settings
            reason = str(first["msg"]).removeprefix("Value error, ")
            raise SettingsWrong(f"{name} is wrong: {reason}.".replace("..", ".")) from None

    def must_have(self, *names: str) -> "Settings":
        """These settings, or SettingsWrong naming the first of `names` that is empty and how to fill it."""
        for name in names:
            if not getattr(self, name):
                raise SettingsWrong(f"{name.upper()} is not set: {HOW_TO_FILL[name]}.")
        return self

    def for_talking(self) -> "Settings":
        """These settings, or SettingsWrong when one is missing without which residents cannot be served."""
        return self.must_have("line_channel_secret", "line_channel_access_token", "secret_key", "data_keys")


HOW_TO_FILL = {
    "line_channel_secret": "copy the channel secret from the LINE Developers console, Basic settings",
    "line_channel_access_token": "issue a channel access token in the LINE Developers console, Messaging API",
    "secret_key": "run `sasaeai init`, it writes one into .env",
    "data_keys": "run `sasaeai init`, it writes one into .env",
}


def is_set(name: str) -> bool:
    return bool(os.environ.get(name))
