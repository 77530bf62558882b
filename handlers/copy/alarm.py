"""To those on call: never a name or a word of the resident."""

from bot.conversation import Text
from handlers.copy import _


def nobody_has_looked(public_url: str) -> Text:
    return Text(_("いそぎの相談を、まだだれも見ていません。職員の画面を開いてください。") + f"\n{public_url}/admin/")
