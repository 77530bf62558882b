"""Check-ins: each day's question and the answers to it, and what is said of our own accord when somebody is silent.

Lock screens show a greeting or a quiet line, never what it is about.
"""

from datetime import date

from bot.conversation import Card, Cards, Dial, Tap, Text
from bot.services.checkins.rounds import Greeting, Said
from bot.services.council import Council
from bot.services.on_call import Alert
from handlers.copy import _
from handlers.copy.common import quiet_alt

DAYS = "月火水木金土日"


def _opening(day: date) -> str:
    """A sentence for the season. Eight in turn, so that none comes twice in a week."""
    spring = (
        _("日ざしがあたたかくなってきましたね。"),
        _("鳥の声が聞こえる季節ですね。"),
        _("風がやわらかくなりましたね。"),
        _("つくしや若葉が目に入るころですね。"),
        _("朝晩はまだ冷えることもありますね。"),
        _("花の便りがうれしい季節ですね。"),
        _("空が明るくなってきましたね。"),
        _("お散歩が気もちよい季節ですね。"),
    )
    summer = (
        _("暑い日がつづきますね。お水はこまめにどうぞ。"),
        _("日ざしが強いころですね。部屋はすずしくなさってください。"),
        _("セミの声がにぎやかなころですね。"),
        _("むし暑いですね。のどがかわく前に、ひとくちどうぞ。"),
        _("夏野菜がおいしいころですね。"),
        _("夕方の風がうれしい季節ですね。"),
        _("暑さで眠りにくいころですね。むりなさらずに。"),
        _("麦茶がおいしい季節ですね。"),
    )
    autumn = (
        _("空が高くなりましたね。"),
        _("虫の声が聞こえる季節ですね。"),
        _("朝晩が冷えてきましたね。上着を一枚どうぞ。"),
        _("木の葉が色づくころですね。"),
        _("新米やくだものがおいしいころですね。"),
        _("日が短くなってきましたね。"),
        _("すごしやすい季節になりましたね。"),
        _("夜が長いころですね。ゆっくりおやすみください。"),
    )
    winter = (
        _("寒い日がつづきますね。あたたかくなさってください。"),
        _("朝の冷えこみが強いころですね。"),
        _("あたたかいお茶がおいしい季節ですね。"),
        _("空気がかわくころですね。のどをお大事に。"),
        _("お風呂の前に、部屋もあたためてくださいね。"),
        _("日だまりがうれしい季節ですね。"),
        _("足もとが冷えるころですね。"),
        _("風が冷たいですね。首もとをあたたかくどうぞ。"),
    )
    of_season = (winter, spring, summer, autumn)[day.month % 12 // 3]
    return of_season[day.toordinal() % len(of_season)]


def _weekday(day: date) -> str:
    return {
        0: _("新しい一週間のはじまりですね。"),
        4: _("金曜日になりましたね。一週間おつかれさまです。"),
        6: _("日曜日ですね。ゆっくりおすごしください。"),
    }.get(day.weekday(), "")


def _hello(hour: int) -> str:
    return _("おはようございます。") if hour < 11 else _("こんにちは。") if hour < 18 else _("こんばんは。")


def _taps(day: date) -> tuple[Tap, ...]:
    value = day.isoformat()
    return (
        Tap(_("元気です"), "checkin.fine", value),
        Tap(_("ちょっと不安"), "checkin.uneasy", value),
        Tap(_("話したい"), "checkin.talk", value),
    )


def greeting(about: Greeting) -> Said:
    """「おはようございます。お変わりありませんか」, in words of the day."""
    day, hello = about.at.date(), _hello(about.at.hour)
    parts = [_("おたずねがおそくなり、すみません。")] if about.is_late else []
    if about.birthday_since == 0:
        parts.append(_("お誕生日おめでとうございます。よい一年になりますように。"))
    elif about.birthday_since is not None:
        parts.append(_("先日はお誕生日でしたね。おめでとうございます。よい一年になりますように。"))
    else:
        parts += [_opening(day), _weekday(day)]
    if about.personal_line:
        parts.append(about.personal_line)
    card = Card(
        title=hello + _("お変わりありませんか。"),
        body="\n".join(part for part in parts if part),
        actions=_taps(day),
        footnote=_("文字やスタンプでのお返事でも大丈夫です。"),
    )
    own = f":{about.plan_id}" if about.personal_line or about.birthday_since is not None else ""
    return Said(f"{day.isoformat()}:{hello}:{about.is_late}{own}", (Cards((card,), hello),))


def trial(day: date, hour: int) -> Cards:
    card = Card(
        note=_("ためしに1回、お送りします"),
        title=_hello(hour) + _("お変わりありませんか。"),
        body=_("こんなふうにおたずねします。「元気です」を1回おすだけで、お返事になります。"),
        actions=_taps(day),
    )
    return Cards((card,), quiet_alt())


def asked_again() -> Said:
    card = Card(
        title=_("お変わりありませんか。"),
        body=_(
            "まだお返事がないので、もう一度おたずねします。1回おすだけで大丈夫です。お返事がないときは、職員がお電話します。"
        ),
        actions=(
            Tap(_("元気です"), "checkin.fine"),
            Tap(_("ちょっと不安"), "checkin.uneasy"),
            Tap(_("話したい"), "checkin.talk"),
        ),
    )
    return Said("again", (Cards((card,), quiet_alt()),))


def we_will_call(council: Council, shared_word: str) -> Said:
    """Announces the call, so that it is not taken for a fraud: the number, and the word only both know."""
    number = (
        _("{phone} の番号から、").format(phone=council.calls_from)
        if council.calls_from
        else _("社会福祉協議会の番号から、")
    )
    words = _("お返事がないので、これから{number}職員がお電話します。").format(number=number)
    if shared_word:
        words += "\n" + _(
            "電話では、合言葉「{word}」をお伝えします。合言葉を言わない電話には、お答えにならないでください。"
        ).format(word=shared_word)
    words += "\n" + _("お元気でしたら、ここに何か送ってくだされば大丈夫です。")
    card = Card(title=_("これからお電話します"), body=words, actions=(Tap(_("元気です"), "checkin.fine"),))
    return Said("call", (Cards((card,), quiet_alt()),))  # a card, so that no lock screen shows the shared word


def thank_you(*, was_alarm: bool) -> Text:
    if was_alarm:
        return Text(_("お返事ありがとうございます。安心しました。連絡していた人たちにも、もう大丈夫とお伝えします。"))
    return Text(_("お返事ありがとうございます。安心しました。きょうもよい一日を。"))


def we_hear_you_are_uneasy(promised_on: date) -> Text:
    return Text(
        _("教えてくださって、ありがとうございます。職員に伝えました。{day}のうちにご連絡します。").format(
            day=day_name(promised_on)
        )
        + "\n"
        + _("どんなことか、ここに書いておいてもらえますか。書かなくても大丈夫です。")
    )


def we_will_talk(promised_on: date) -> Text:
    return Text(
        _("お話ししたいのですね。職員に伝えました。{day}のうちにご連絡します。").format(day=day_name(promised_on))
        + "\n"
        + _("いそぐときは、お電話ください。")
    )


def talk_now() -> str:
    return _("人に相談する")


def what_you_wrote_was_passed_on() -> Text:
    return Text(_("書いてくださったことを、職員に伝えました。"))


def day_name(day: date) -> str:
    return _("{month}月{day}日（{weekday}）").format(month=day.month, day=day.day, weekday=DAYS[day.weekday()])


def please_look_after(ask_id: int, name: str) -> Said:
    person = _("{name}さん").format(name=name) if name else _("あなたが連絡先になっている方")
    card = Card(
        title=_("ようすを見てもらえますか"),
        body=_("{person}から、見守りのお返事がありません。電話やおうちで、ようすを見てもらえますか。").format(
            person=person
        ),
        actions=(
            Tap(_("行きます"), "contact.going", str(ask_id)),
            Tap(_("今は無理"), "contact.not_now", str(ask_id)),
            Tap(_("元気を確認しました"), "contact.well", str(ask_id)),
        ),
        footnote=_("たおれている、返事がないなど、いそぐときは119に電話してください。"),
    )
    return Said(f"ask:{ask_id}", (Cards((card,), quiet_alt()),))


def a_friend_is_silent(ask_id: int, name: str) -> Said:
    person = _("{name}さん").format(name=name) if name else _("つながりの仲間")
    card = Card(
        title=_("つながりからのお知らせ"),
        body=_("{person}から、まだお返事がありません。声をかけてみてもらえますか。").format(person=person),
        actions=(Tap(_("元気を確認しました"), "contact.well", str(ask_id)),),
    )
    return Said(f"ask:{ask_id}", (Cards((card,), quiet_alt()),))


def somebody_joins(name: str) -> Said:
    person = _("{name}さん").format(name=name) if name else _("新しい人")
    card = Card(
        title=_("つながりからのお知らせ"),
        body=_(
            "{person}が、つながりに入りました。お返事がないとき、おたがいの名前を知らせてよければ「はい」をおしてください。おさないあいだは、知らせません。"
        ).format(person=person),
        actions=(Tap(_("はい"), "checkin.group_ok"), Tap(_("つながりをぬける"), "checkin.leave_group")),
    )
    return Said("joins", (Cards((card,), quiet_alt()),))


def somebody_is_going() -> Said:
    return Said("going", (_quietly(_("ほかの方が、ようすを見に行ってくれることになりました。")),))


def it_is_over() -> Said:
    return Said("over", (_quietly(_("お知らせしていた方は、ようすが分かりました。ありがとうございました。")),))


def _quietly(words: str) -> Cards:
    """Words that a lock screen does not show."""
    return Cards((Card(title=words),), quiet_alt())


def todays_response_came() -> Cards:
    return _quietly(_("今日の返事がありました。"))


def are_you_safe(disaster_id: int) -> Said:
    card = Card(
        title=_("無事ですか"),
        body=_("災害のため、みなさんにおたずねしています。どちらかを1回おしてください。"),
        actions=(
            Tap(_("無事です"), "disaster.safe", str(disaster_id)),
            Tap(_("助けがほしい"), "disaster.help", str(disaster_id)),
            Dial(_("119に電話する"), "119"),
        ),
        tone="urgent",
    )
    return Said(f"disaster:{disaster_id}", (Cards((card,), _("無事ですか")),))


def a_task_waits(public_url: str) -> Alert:
    return Alert(
        _("【ささえあい】いそぎの仕事が待っています"),
        _("いそぎの仕事（電話や訪問）を、まだだれも引き受けていません。職員の画面を開いてください。")
        + f"\n{public_url}/admin/checkins/",
    )
