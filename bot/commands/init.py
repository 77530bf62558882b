"""`sasaeai init`: a `.env` with fresh keys. It never overwrites one."""

import os
import secrets
import sys
from pathlib import Path

import click
from cryptography.fernet import Fernet

TEMPLATE = """\
# Made by `sasaeai init`. Keep this file secret, and keep a copy somewhere safe:
# without DATA_KEYS nobody can read what residents wrote.
LINE_CHANNEL_SECRET={secret}
LINE_CHANNEL_ACCESS_TOKEN={token}
PUBLIC_URL={public_url}
SECRET_KEY={secret_key}
DATA_KEYS={data_key}
DATABASE_URL=sqlite:///var/sasaeai.db
TZ=Asia/Tokyo
"""


@click.command()
@click.option("--line-channel-secret", help="From the LINE Developers console, Basic settings.")
@click.option("--line-channel-access-token", help="From the LINE Developers console, Messaging API.")
@click.option("--public-url", help="The https address at which LINE and residents reach this server.")
@click.option("--file", "path", default=".env", show_default=True, type=click.Path(dir_okay=False, path_type=Path))
def init(
    line_channel_secret: str | None, line_channel_access_token: str | None, public_url: str | None, path: Path
) -> None:
    """Write a .env with fresh keys, asking for the LINE values that were not given."""
    if path.exists():
        raise click.ClickException(f"{path} is there already and was left as it is; move it away to make a new one.")
    is_terminal = sys.stdin.isatty()

    def ask(given: str | None, question: str, otherwise: str = "") -> str:
        if given:
            return given
        return str(click.prompt(question, default=otherwise)) if is_terminal else otherwise

    values = TEMPLATE.format(
        secret=ask(line_channel_secret, "LINE channel secret"),
        token=ask(line_channel_access_token, "LINE channel access token"),
        public_url=ask(public_url, "Public address (https://…)", "http://127.0.0.1:8000"),
        secret_key=secrets.token_urlsafe(48),
        data_key=Fernet.generate_key().decode(),
    )
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(values)
    except OSError as trouble:
        raise click.ClickException(f"{path} could not be written: {trouble.strerror}.") from None
    click.echo(f"Wrote {path} with fresh keys. Next: sasaeai kb import --starter kakogawa, then sasaeai serve.")
