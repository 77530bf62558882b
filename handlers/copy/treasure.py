"""Telling of a local treasure: warm, and clear about what happens with it."""

from bot.conversation import Text
from bot.services.council import Council
from handlers.copy import _
from handlers.copy.common import office_line


def tell_us() -> str:
    return _("宝物を教える")


def ask_name() -> Text:
    return Text(
        _(
            "近くのすてきな場所、集まり、助け合いを教えてください。職員が確かめてから、みなさんに案内します。\nまず、何という名前ですか。"
        )
    )


def only_the_name() -> Text:
    return Text(_("まず名前だけを、みじかく書いてください。くわしいことは、このあとうかがいます。"))


def ask_where() -> Text:
    return Text(_("どこにありますか。「〇〇公園のとなり」のような書きかたで大丈夫です。"))


def send_place() -> str:
    return _("地図で送る")


def skip() -> str:
    return _("とばす")


def place_in_words() -> Text:
    return Text(_("場所をことばで書くか、地図で送ってください。"))


def ask_what() -> Text:
    return Text(
        _(
            "どんな所ですか。いつ、何ができるか、一つのメッセージで教えてください。人のお名前や電話番号は、書かなくてかまいません。"
        )
    )


def please_in_words() -> Text:
    return Text(_("ことばで書いてください。短くてかまいません。"))


def summary(name: str, where: str, what: str) -> Text:
    lines = [_("これでよろしいですか。"), name, *([_("場所：{where}").format(where=where)] if where else []), what]
    lines.append(_("あなたのお名前は残りません。"))
    return Text("\n".join(lines))


def send() -> str:
    return _("教える")


def stop() -> str:
    return _("やめておく")


def choose_below() -> Text:
    return Text(_("下のボタンからえらんでください。"))


def nothing_kept() -> Text:
    return Text(_("わかりました。書いたことは残していません。"))


def thanks() -> Text:
    return Text(_("ありがとうございます。職員が確かめてから、みなさんに案内します。"))


def enough_for_today(council: Council) -> Text:
    return Text(
        _("きょうはたくさん教えていただきました。つづきは、あすお願いします。お電話でもうかがいます。")
        + "\n"
        + office_line(council)
    )
