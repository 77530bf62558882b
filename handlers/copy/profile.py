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


def really_erase(*, is_watched: bool = False, has_case: bool = False) -> Text:
    words = _("これまでに書いたこと、送った写真、えらんだお住まいを消します。")
    if is_watched:
        words += _("見守りメッセージも、とまります。")
    if has_case:
        words += _("職員との相談も、おわりになります。")
    return Text(words + "\n" + _("もとにはもどせません。よろしいですか。"))


def erased(count: int, *, closed_case: bool, stays_open: bool) -> Text:
    words = [_("消しました。（書いたことなど{count}件）").format(count=count)]
    if closed_case:
        words.append(_("職員との相談は、おわりにしました。"))
    if stays_open:
        words.append(_("心配なことがあったため、職員は見守りをつづけます。職員のメモは、おわったときに消します。"))
    words.append(_("相談の数などの数字だけが残ります。匿名で知らせたことは、だれのものか分からないため、消せません。"))
    words.append(_("また話しかけてくだされば、はじめからお話をうかがいます。"))
    return Text("\n".join(words))


def yes() -> str:
    return _("はい")


def no() -> str:
    return _("いいえ")


def kept() -> Text:
    return Text(_("わかりました。そのままにしておきます。"))
