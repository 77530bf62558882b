"""What the consultation room says: to somebody who may be old, hurried, or in despair."""

from collections.abc import Sequence
from datetime import date, datetime

from bot.store.knowledge import Resource

DAYS = "月火水木金土日"
NO_WORDS = "何も書かれていません。短くてかまわないので、書いてから送ってください。"
TOO_LONG = "長すぎて送れませんでした。書いたことは残っています。2回に分けて送ってください。"
NOT_A_PHOTO = "その写真は送れませんでした。カメラで撮った写真をえらんでください。書いたことは残っています。"
PHOTO_TOO_LARGE = "写真が大きすぎて送れませんでした。べつの写真をえらんでください。書いたことは残っています。"
TOO_MUCH = "短いあいだにたくさん届きました。書いたことは残っています。1分ほど待って、もう一度「送る」を押してください。"
TOO_OFTEN = "短いあいだに何度も開かれました。しばらく待って、もう一度お試しください。お急ぎのときは、お電話ください。"
OVER = "この相談はおわっています。書いたことは残っています。新しい相談は、LINEの「人に相談する」からどうぞ。"


NOT_A_NUMBER = "電話番号を読みとれませんでした。市外局番から、もう一度書いてください。"
SLOT_TAKEN = "その時間は、さきにうまってしまいました。べつの時間をえらんでください。"


def day(at: datetime) -> str:
    return f"{at.month}月{at.day}日（{DAYS[at.weekday()]}）"


def by_when(promised: datetime, today: date) -> str:
    """「あす11時まで」, as the chat says it."""
    days = (promised.date() - today).days
    day = {0: "きょう", 1: "あす"}.get(days, f"{promised.month}月{promised.day}日（{DAYS[promised.weekday()]}）の")
    return f"{day}{promised.hour}時{f'{promised.minute}分' if promised.minute else ''}まで"


def in_danger(rows: Sequence[Resource]) -> str:
    """The bot's answer to words of danger, with every number in reach. It stands in the talk like any other answer."""
    numbers = "\n".join(f"{row.name}　{row.phones[0]}" for row in rows if row.phones)
    return (
        "話してくださって、ありがとうございます。ひとりで抱えないでください。\n"
        "職員にも、いそぎで知らせました。すぐに読めないこともあります。\n"
        "いますぐ話せる番号です。\n" + numbers
    )
