"""Being called back, so that nobody takes the call for a scam."""

from datetime import date, datetime

from bot.conversation import Card, Cards, Row, Text
from bot.services.council import Council
from handlers.copy import _
from handlers.copy.common import office_line, quiet_alt
from handlers.copy.handoff import DAYS


def another_time() -> str:
    return _("べつの時間にする")


def choose_in_the_room() -> str:
    return _("電話の時間は、相談ルームでえらべます。")


def which_day() -> Text:
    return Text(_("職員からお電話します。いつがよいですか。"))


def day(on: date) -> str:
    return f"{on.month}月{on.day}日（{DAYS[on.weekday()]}）"


def which_time() -> Text:
    return Text(_("何時ごろがよいですか。"))


def hour(at: datetime) -> str:
    return f"{at.hour}:{at.minute:02}"


def which_number() -> Text:
    return Text(_("どの番号にお電話しましょうか。電話番号を書いてください。"))


def not_a_number() -> Text:
    return Text(
        _("すみません、電話番号を読みとれませんでした。市外局番から書いてください。やめるときは「やめる」です。")
    )


def was_taken() -> Text:
    return Text(_("その時間は、さきにうまってしまいました。もう一度えらんでください。"))


def nothing_free(council: Council) -> Text:
    return Text(_("いま、えらべる時間がありません。お電話ください。") + "\n" + office_line(council))


def we_will_call(council: Council, at: datetime, word: str) -> Cards:
    return _card(council, at, word, _("お電話の約束をしました"))


def we_call(council: Council, at: datetime, word: str) -> Cards:
    return _card(council, at, word, _("まもなくお電話します"))


def _card(council: Council, at: datetime, word: str, title: str) -> Cards:
    rows = [Row(_("いつ"), f"{day(at.date())} {hour(at)}"), Row(_("合言葉"), word)]
    if council.calls_from:
        rows.insert(1, Row(_("この番号から"), council.calls_from))
    body = _("職員が先に合言葉を言います。言わない電話は、切ってください。お金や暗証番号のことは聞きません。")
    return Cards((Card(title=title, body=body, rows=tuple(rows)),), quiet_alt())


def we_called() -> Text:
    return Text(_("お電話しましたが、つながりませんでした。よい時間を、もう一度えらんでください。"))
