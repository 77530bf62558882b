"""`sasaeai line`: what must be set on LINE's side."""

import click
import urllib3
from linebot.v3.messaging import ApiException, SetWebhookEndpointRequest

from bot.line import rich_menu
from bot.line.gateway import TIMEOUT, Gateway
from bot.settings import Settings, SettingsWrong


def gateway_of(settings: Settings) -> Gateway:
    return Gateway(
        api_url=settings.line_api_url,
        data_api_url=settings.line_data_api_url,
        access_token=settings.line_channel_access_token,
    )


@click.group()
def line() -> None:
    """What must be set on LINE's side."""


@line.command()
def setup() -> None:
    """Make the rich menu everybody's default and set the webhook address. Doing it again changes nothing."""
    settings = Settings.load().must_have("line_channel_access_token")
    gateway = gateway_of(settings)
    address = f"{settings.public_url}/line/webhook"
    if not settings.is_behind_tls and settings.line_api_url == "https://api.line.me":
        raise SettingsWrong("PUBLIC_URL must begin with https:// because LINE calls no other address.")
    try:
        click.echo("Rich menu: set." if rich_menu.set_up(gateway) else "Rich menu: was set already.")
        if _webhook_of(gateway) == address:
            click.echo(f"Webhook: was {address} already.")
        else:
            gateway.api.set_webhook_endpoint(SetWebhookEndpointRequest(endpoint=address), _request_timeout=TIMEOUT)
            click.echo(f"Webhook: set to {address}.")
    except ApiException as refused:
        raise click.ClickException(
            f"LINE refused (status {refused.status}): check LINE_CHANNEL_ACCESS_TOKEN."
        ) from None
    except urllib3.exceptions.HTTPError:
        raise click.ClickException("LINE could not be reached: check the network, then try again.") from None


def _webhook_of(gateway: Gateway) -> str:
    try:
        return str(gateway.api.get_webhook_endpoint(_request_timeout=TIMEOUT).endpoint)
    except ApiException as none:
        if none.status == 404:
            return ""
        raise
