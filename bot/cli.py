"""The `sasaeai` command. Each subject's commands live in `bot/commands/`; they are loaded when they are called."""

import importlib
from typing import Any

import click

from bot import logs
from bot.settings import SettingsWrong

COMMANDS = {
    "init": "bot.commands.init:init",
    "demo": "bot.commands.demo:demo",
    "serve": "bot.commands.run:serve",
    "web": "bot.commands.run:web",
    "worker": "bot.commands.run:worker",
    "clock": "bot.commands.run:clock",
    "db": "bot.commands.db:db",
    "check": "bot.commands.check:check",
    "line": "bot.commands.line:line",
    "kb": "bot.commands.kb:kb",
    "safety": "bot.commands.safety:safety",
    "intents": "bot.commands.intents:intents",
    "staff": "bot.commands.staff:staff",
    "audit": "bot.commands.audit:audit",
    "keys": "bot.commands.keys:keys",
    "backup": "bot.commands.backup:backup",
    "restore": "bot.commands.backup:restore",
}


class LazyGroup(click.Group):
    """Loads a command's module only when it is called, so that `sasaeai --help` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        place = COMMANDS.get(name)
        if place is None:
            return None
        module, _, attribute = place.partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@click.group(cls=LazyGroup)
def cli() -> None:
    """ささえあい: the LINE bot of a Japanese social welfare council."""


def main(*arguments: Any) -> None:
    """Entry of the installed command. A wrong setting is one sentence on standard error, exit code 2."""
    logs.set_up("WARNING", "text")  # to standard error; `serve` and its parts set their own
    try:
        cli(*arguments)
    except SettingsWrong as wrong:
        click.echo(f"sasaeai: {wrong}", err=True)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
