"""Greetings, thanks, help, and what is not there yet."""

from bot.conversation import Text
from handlers.copy import _


def hello(hour: int) -> Text:
    greeting = _("おはようございます。") if 4 <= hour < 11 else _("こんにちは。") if hour < 18 else _("こんばんは。")
    return Text(greeting + _("困っていることや知りたいことを、ふだんの言葉で書いてください。"))


def you_are_welcome() -> Text:
    return Text(_("どういたしまして。また何かあれば、いつでも話しかけてください。"))


def what_i_can_do() -> Text:
    return Text(
        _("ここでは、こんなことができます。")
        + "\n"
        + _("・困りごとを書くと、相談できる所をさがします")
        + "\n"
        + _("・人に相談したいとき、電話番号をご案内し、ここで職員とやりとりもできます")
        + "\n"
        + _("・心配なことを、名前を言わずに知らせられます")
        + "\n"
        + _("下のボタンか、ふだんの言葉でどうぞ。")
    )


def ask_what_is_the_matter() -> Text:
    return Text(_("どんなことでお困りですか。ふだんの言葉で書いてください。\n例：母の物忘れがひどい／電気代が払えない"))


def button_is_old() -> Text:
    return Text(_("そのボタンは、前のお話のものです。もう一度、下からえらんでください。"))


def stopped() -> Text:
    return Text(_("わかりました。やめました。"))


def nice_sticker() -> Text:
    return Text(_("スタンプをありがとうございます。"))


def cannot_look_at_it() -> Text:
    return Text(
        _(
            "送ってくださって、ありがとうございます。ここでは写真や音声を見たり聞いたりできません。言葉で書いてもらえますか。"
        )
    )
