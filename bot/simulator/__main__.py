"""`python -m bot.simulator`: the stand-in alone, to try a bot that runs elsewhere on this machine."""

import signal
import threading

import click

from bot.simulator.line import Simulator
from bot.simulator.server import Server


@click.command()
@click.option("--port", default=8001, show_default=True)
@click.option("--webhook", default="http://127.0.0.1:8000/line/webhook", show_default=True)
@click.option("--channel-secret", default="demo-channel-secret", show_default=True)
@click.option("--access-token", default="demo-access-token", show_default=True)
def main(port: int, webhook: str, channel_secret: str, access_token: str) -> None:
    line = Simulator(webhook_url=webhook, channel_secret=channel_secret, access_token=access_token)
    server = Server(line, port=port)
    click.echo(f"The stand-in for LINE listens on {server.url}")
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    stopped.wait()
    server.stop()


main()
