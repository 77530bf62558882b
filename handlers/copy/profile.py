"""Choosing the area where one lives."""

from bot.conversation import Text
from handlers.copy import _


def ask_area() -> Text:
    return Text(
        _(
            "お住まいの中学校区をえらんでください。近くの相談先を先にご案内できます。（あとでも、えらばなくても大丈夫です）"
        )
    )


def skip() -> str:
    return _("あとで")


def do_not_know() -> str:
    return _("わからない")


def send_place() -> str:
    return _("位置情報を送る")


def more_areas() -> str:
    return _("ほかの校区")


def noted(area: str) -> Text:
    return Text(_("{area}ですね。おぼえました。").format(area=area))


def later_then() -> Text:
    return Text(_("わかりました。あとから「設定」でえらべます。"))


def do_not_know_that_area() -> Text:
    return Text(_("すみません、その校区が見つかりません。下からえらぶか、「わからない」をおしてください。"))


def cannot_tell_from_place() -> Text:
    return Text(_("位置情報をありがとうございます。校区までは分からないので、下からえらんでもらえますか。"))


def settings(area: str) -> Text:
    known = _("お住まい：{area}").format(area=area) if area else _("お住まい：まだえらんでいません")
    return Text(_("設定です。") + "\n" + known)


def change_area() -> str:
    return _("お住まいをえらぶ")


def about_privacy() -> str:
    return _("書いたことの扱い")


def erase() -> str:
    return _("データを消す")


def really_erase(*, is_watched: bool = False) -> Text:
    stops = _("見守りメッセージも、とまります。") if is_watched else ""
    return Text(_("これまでに書いたことと、えらんだお住まいを消します。") + stops + _("よろしいですか。"))


def erased() -> Text:
    return Text(_("消しました。また話しかけてくだされば、はじめからお話をうかがいます。"))


def yes() -> str:
    return _("はい")


def no() -> str:
    return _("いいえ")


def kept() -> Text:
    return Text(_("わかりました。そのままにしておきます。"))
