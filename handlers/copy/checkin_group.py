"""つながり: friends and neighbours who watch over each other."""

from bot.conversation import Text
from handlers.copy import _


def ask_group() -> Text:
    return Text(
        _(
            "つながりは、お友だちやご近所どうしで見守りあうしくみです。お返事がない人の名前を、ほかの人にお知らせします。みんなが、おたがいに知らせてよいと決めた人だけが入れます。"
        )
    )


def make_group() -> str:
    return _("つくる")


def join_group() -> str:
    return _("番号で入る")


def group_made(code: str) -> Text:
    return Text(
        _(
            "つながりをつくりました。入ってほしい人に、この番号を伝えてください。番号：{code}（2週間使えます）\nその人が「見守りメッセージ」の「つながり」で番号を入れると、仲間になります。"
        ).format(code=code)
    )


def ask_group_code() -> Text:
    return Text(_("つながりの6けたの番号を書いてください。"))


def ask_group_ok(count: int) -> Text:
    return Text(
        _(
            "{count}人のつながりです。あなたのお返事がないとき、ほかの人にあなたのお名前をお知らせします。よろしいですか。"
        ).format(count=count)
    )


def in_the_group() -> Text:
    return Text(_("つながりに入りました。おたがいに見守りましょう。"))


def out_of_the_group() -> Text:
    return Text(_("つながりをぬけました。"))


def no_such_group() -> Text:
    return Text(_("その番号のつながりは見つかりませんでした。"))


def group_is_full() -> Text:
    return Text(_("このつながりは、もういっぱいです。"))


def group_name(count: int) -> str:
    return _("{count}人").format(count=count)
