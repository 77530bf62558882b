"""The council's office as a card. What is not confirmed is not told."""

from datetime import datetime

from bot.conversation import Card, Cards, Open, Row
from bot.services.council import Council
from handlers.copy import _
from handlers.copy.common import office_actions, quiet_alt
from handlers.copy.lookup import MAP
from knowledge import hours


def card(council: Council, now: datetime) -> Cards:
    rows = [
        Row(label, words)
        for label, words in (
            (_("電話"), council.phone),
            (_("ファックス"), council.fax),
            (_("メール"), council.email),
            (_("場所"), council.address),
            (_("時間"), council.hours),
        )
        if words
    ]
    if (read := hours.read(council.hours)) is not None:
        rows.insert(0, Row(_("きょう"), read.today_words(now), "good" if read.is_open(now) else "muted"))
    actions = office_actions(council)
    if council.address:
        actions = (*actions, Open(_("地図を見る"), MAP.format(query=council.address)))
    return Cards(
        (
            Card(
                title=council.name or _("お住まいの市の社会福祉協議会"),
                rows=tuple(rows),
                actions=actions,
                footnote="" if council.hours else _("受付の時間は、お電話で確かめてください。"),
            ),
        ),
        quiet_alt(),
    )
