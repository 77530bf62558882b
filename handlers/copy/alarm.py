"""To those on call: never a name or a word of the resident."""

from bot.services.on_call import Alert
from handlers.copy import _


def nobody_has_looked(public_url: str) -> Alert:
    return Alert(
        _("【ささえあい】いそぎの相談があります"),
        _("いそぎの相談を、まだだれも見ていません。職員の画面を開いて、担当になってください。")
        + f"\n{public_url}/admin/",
    )


def somebody_waits(public_url: str) -> Alert:
    return Alert(
        _("【ささえあい】新しい相談が入りました"),
        _("新しい相談が入りました。職員の画面でごらんください。") + f"\n{public_url}/admin/",
    )


def nobody_has_taken(public_url: str) -> Alert:
    return Alert(
        _("【ささえあい】いそぎの相談に担当がいません"),
        _("いそぎの相談は見られましたが、まだ担当がいません。職員の画面を開いて、担当になってください。")
        + f"\n{public_url}/admin/",
    )


def worry_not_read(public_url: str) -> Alert:
    return Alert(
        _("【ささえあい】いそぎの知らせがあります"),
        _("いそぎの匿名の知らせを、まだだれも読んでいません。職員の画面を開いてください。") + f"\n{public_url}/admin/",
    )


def promise_lapses(public_url: str) -> Alert:
    return Alert(
        _("【ささえあい】お返事の約束の時刻が近づいています"),
        _("約束の時刻が近いのに、まだお返事していない相談があります。職員の画面を開いてください。")
        + f"\n{public_url}/admin/",
    )
