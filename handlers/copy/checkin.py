"""Check-ins: joining and leaving, each day's question, asking again, and what contacts are told.

Lock screens show a greeting or a quiet line, never what it is about.
"""

from collections.abc import Sequence
from datetime import date

from bot.conversation import Card, Cards, Choice, Dial, Row, Tap, Text
from bot.services.checkins.rounds import Greeting, Said
from bot.services.council import Council
from bot.services.on_call import Alert
from bot.store.checkins import CheckinContact, CheckinPlan
from handlers.copy import _
from handlers.copy.common import office_actions, quiet_alt

DAYS = "月火水木金土日"

# ── each day's question ──


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
    if about.is_birthday:
        parts.append(_("お誕生日おめでとうございます。よい一年になりますように。"))
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
    own = f":{about.plan_id}" if about.personal_line else ":birthday" if about.is_birthday else ""
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


# ── joining ──


def what_it_is(council: Council) -> Cards:
    card = Card(
        title=_("見守りメッセージ"),
        body=_(
            "えらんだ日と時間に「お変わりありませんか」とおたずねします。「元気です」を1回おすだけです。\nお返事がないときは、もう一度おたずねし、それでもなければ職員がお電話し、おうちをたずねることもあります。"
        ),
        actions=office_actions(council),
    )
    return Cards((card,), quiet_alt())


def ask_consent() -> Text:
    return Text(
        _(
            "はじめる前に、おやくそくです。\n・お返事のようすと電話番号は、社協の職員だけが見ます\n・お返事がないときだけ、あなたが決めた連絡先に「ようすを見てください」と伝えます\n・相談の中身は、連絡先には伝えません\n・いつでも休んだり、やめたりできます\n・119番の代わりにはなりません\nはじめますか。"
        )
    )


def begin() -> str:
    return _("はじめる")


def have_a_card() -> str:
    return _("カードの番号がある")


def not_now() -> str:
    return _("いまはやめる")


def choose() -> Text:
    return Text(_("下のボタンからえらんでください。"))


def whenever_you_like() -> Text:
    return Text(_("わかりました。はじめたくなったら「見守りメッセージ」をおしてください。"))


def ask_days() -> Text:
    return Text(_("いつおたずねしましょうか。"))


def every_day() -> str:
    return _("毎日")


def chosen_weekdays() -> str:
    return _("曜日をえらぶ")


def every_days(count: int) -> str:
    return _("週に1回") if count == 7 else _("{count}日に1回").format(count=count)


def ask_weekdays(chosen: str) -> Text:
    if not chosen:
        return Text(_("曜日を1つずつえらんで、おわったら「これでよい」をおしてください。"))
    names = "・".join(DAYS[int(one)] for one in sorted(chosen))
    return Text(_("いま：{names}\nほかにもえらぶか、「これでよい」をおしてください。").format(names=names))


def weekday(number: int) -> str:
    return _("{day}曜").format(day=DAYS[number])


def that_is_all() -> str:
    return _("これでよい")


def ask_time() -> Text:
    return Text(_("何時ごろがよいですか。えらんだ時間のはじめに、お送りします。"))


def hours(begins: int, ends: int) -> str:
    return _("{begins}〜{ends}時").format(begins=begins // 60, ends=ends // 60)


def ask_name() -> Text:
    return Text(_("何とお呼びすればよいですか。お電話や、連絡先にお伝えするときに使います。"))


def ask_phone() -> Text:
    return Text(
        _("お返事がないときにお電話する番号を書いてください。ここに書きたくないときは「あとで職員に伝える」をどうぞ。")
    )


def tell_staff_later() -> str:
    return _("あとで職員に伝える")


def that_is_no_phone_number() -> Text:
    return Text(_("番号の数字が足りないようです。市外局番から書いてください。（例：0から始まる10けたか11けた）"))


def ask_contact() -> Text:
    return Text(
        _("お返事がないとき、ようすを見てもらう人を決めておけます。ご家族、民生委員、ご近所の人など、5人までです。")
    )


def add_contact() -> str:
    return _("連絡先を決める")


def no_contact() -> str:
    return _("決めずにはじめる")


def enough_contacts() -> str:
    return _("これで十分")


def one_more_contact() -> str:
    return _("もう1人決める")


def ask_contact_name() -> Text:
    return Text(_("その人のお名前を書いてください。"))


def ask_contact_relation() -> Text:
    return Text(_("どんな間がらですか。"))


def relation(name: str) -> str:
    return {
        "family": _("家族・親せき"),
        "welfare_volunteer": _("民生委員"),
        "neighbour": _("ご近所"),
        "friend": _("友だち"),
        "other": _("そのほか"),
    }[name]


def ask_contact_phone() -> Text:
    return Text(_("その人の電話番号を書いてください。LINEだけで連絡するときは「なし」をどうぞ。"))


def none() -> str:
    return _("なし")


def ask_what_may_be_told(name: str) -> Text:
    return Text(_("{name}さんに、何を伝えてよいですか。").format(name=name))


def only_alarms() -> str:
    return _("返事がないときだけ")


def responses_too() -> str:
    return _("毎回の返事も")


def invitation(council: Council, name: str, person: str, code: str) -> Text:
    """To be passed on to the contact as it is."""
    return Text(
        _(
            "【{name}さんへ】{person}さんの見守りの連絡先になっていただけますか。LINEで{council}の「ささえあい」を友だちに追加して、「連絡先 {code}」と送ってください。"
        ).format(name=name, person=person or _("わたし"), code=code, council=council.name or _("社会福祉協議会"))
    )


def pass_it_on() -> Text:
    return Text(
        _(
            "下の文を、その人に送ってください。（長おしして「転送」）その人が「はい」と答えたら、連絡先になります。LINEを使わない人には、職員がお電話で確かめます。"
        )
    )


def most_contacts() -> Text:
    return Text(_("連絡先は5人までです。"))


def joined(plan: CheckinPlan, first: date) -> Text:
    return Text(
        _("{days}、{hours}におたずねします。はじめは{day}です。").format(
            days=days_of(plan), hours=hours(plan.window_from, plan.window_to), day=day_name(first)
        )
        + "\n"
        + _("職員がお電話するときの合言葉は「{word}」です。").format(word=plan.shared_word or "")
    )


def days_of(plan: CheckinPlan) -> str:
    if plan.weekdays:
        return "・".join(DAYS[int(one)] for one in plan.weekdays) + _("曜日")
    return every_day() if plan.every == 1 else every_days(plan.every)


# ── what one's plan is, and changing it ──


def your_plan(plan: CheckinPlan, next_on: date | None, contacts: Sequence[CheckinContact], group: str) -> Cards:
    rows = [
        Row(_("日"), days_of(plan)),
        Row(_("時間"), hours(plan.window_from, plan.window_to)),
        Row(_("つぎ"), day_name(next_on) if next_on else _("お休み中")),
        Row(_("合言葉"), plan.shared_word or _("まだありません")),
    ]
    for one in contacts:
        state = "" if one.confirmed_at else _("（お返事待ち）")
        rows.append(Row(_("連絡先"), f"{one.name}{state}"))
    if group:
        rows.append(Row(_("つながり"), group))
    card = Card(title=_("あなたの見守りメッセージ"), rows=tuple(rows))
    return Cards((card,), quiet_alt())


def plan_choices(plan: CheckinPlan, *, has_group: bool) -> tuple[Tap, ...]:
    pause_ = (
        Tap(_("お休みをおわる"), "checkin.resume") if plan.state == "paused" else Tap(_("お休みする"), "checkin.pause")
    )
    group = Tap(_("つながりをぬける"), "checkin.leave_group") if has_group else Tap(_("つながり"), "checkin.group")
    return (
        pause_,
        Tap(_("日や時間を変える"), "checkin.change"),
        Tap(_("連絡先を決める"), "checkin.contact"),
        group,
        Tap(_("やめる"), "checkin.stop"),
    )


def ask_until_when() -> Text:
    return Text(_("いつまでお休みにしますか。"))


def until_choices() -> tuple[tuple[int, str], ...]:
    return ((3, _("3日")), (7, _("1週間")), (30, _("1か月")))


def pick_day() -> str:
    return _("日にちを選ぶ")


def that_day_is_over() -> Text:
    return Text(_("その日はもう過ぎています。1年より先の日もえらべません。もう一度えらんでください。"))


def is_this_right(until: date) -> Text:
    return Text(_("{day}までお休みにします。よろしいですか。").format(day=day_name(until)))


def paused(until: date, next_on: date) -> Text:
    return Text(
        _("{day}までお休みにしました。{next}からまたおたずねします。").format(
            day=day_name(until), next=day_name(next_on)
        )
    )


def resumed(next_on: date) -> Text:
    return Text(_("お休みをおわりました。つぎは{day}におたずねします。").format(day=day_name(next_on)))


def changed(plan: CheckinPlan, next_on: date) -> Text:
    return Text(
        _("変えました。{days}、{hours}です。つぎは{day}です。").format(
            days=days_of(plan), hours=hours(plan.window_from, plan.window_to), day=day_name(next_on)
        )
    )


def really_stop() -> Text:
    return Text(_("見守りメッセージをやめます。お返事がなくても、だれも気づけなくなります。よろしいですか。"))


def yes() -> str:
    return _("はい")


def no() -> str:
    return _("いいえ")


def unchanged() -> Text:
    return Text(_("わかりました。そのままつづけます。"))


def stopped() -> Text:
    return Text(_("やめました。いままで、ありがとうございました。またいつでもはじめられます。"))


def no_plan() -> Text:
    return Text(_("見守りメッセージは、まだはじまっていません。「見守りメッセージ」からはじめられます。"))


# ── the printed card ──


def ask_card_code() -> Text:
    return Text(_("カードに書いてある6けたの番号を書いてください。"))


def linked(plan: CheckinPlan, next_on: date) -> Text:
    return Text(
        _("つながりました。{days}、{hours}におたずねします。つぎは{day}です。").format(
            days=days_of(plan), hours=hours(plan.window_from, plan.window_to), day=day_name(next_on)
        )
    )


def no_such_card() -> Text:
    return Text(_("その番号は見つかりませんでした。カードの番号を確かめて、もう一度書いてください。"))


def too_many_tries() -> Text:
    return Text(_("きょうは何度も番号がちがいました。あしたもう一度ためすか、社協にお電話ください。"))


def has_a_plan_already() -> Text:
    return Text(_("この LINE の見守りメッセージは、もうはじまっています。"))


# ── contacts ──


def would_you_look_after(name: str) -> Text:
    person = _("{name}さん").format(name=name) if name else _("見守りメッセージを受けている方")
    return Text(
        _(
            "{person}が、あなたを見守りの連絡先にしたいそうです。\nお返事がないときだけ、ここに「ようすを見てください」とお知らせします。むりなときは「今は無理」とお答えになれば大丈夫です。引き受けてもらえますか。"
        ).format(person=person)
    )


def i_will() -> str:
    return _("はい、引き受けます")


def i_cannot() -> str:
    return _("今回はやめます")


def thank_you_contact() -> Text:
    return Text(_("ありがとうございます。連絡先になりました。お知らせは、このトークに届きます。"))


def that_is_all_right() -> Text:
    return Text(_("わかりました。教えてくださって、ありがとうございます。"))


def no_such_invitation() -> Text:
    return Text(_("その番号は、もう使えません。たのんだ人か、社協に確かめてください。"))


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


def thank_you_for_going() -> Text:
    return Text(_("ありがとうございます。ほかの人には、お願いしないでおきます。会えたら、下から教えてください。"))


def outcome_choices(ask_id: int) -> tuple[Tap, ...]:
    return (
        Tap(_("元気でした"), "contact.well", str(ask_id)),
        Tap(_("助けが必要です"), "contact.help", str(ask_id)),
        Tap(_("会えませんでした"), "contact.not_met", str(ask_id)),
    )


def somebody_else_then() -> Text:
    return Text(_("わかりました。ほかの人にお願いします。"))


def somebody_is_going() -> Said:
    return Said("going", (_quietly(_("ほかの方が、ようすを見に行ってくれることになりました。")),))


def thank_you_for_making_sure() -> Text:
    return Text(_("ありがとうございます。元気だと分かって、安心しました。"))


def help_comes(council: Council) -> Text:
    return Text(
        _("知らせてくださって、ありがとうございます。職員にすぐ伝えました。命があぶないときは、119に電話してください。")
    )


def staff_go_on() -> Text:
    return Text(_("ありがとうございます。職員が、つぎの手をうちます。"))


def it_is_over_already() -> Text:
    return Text(_("ありがとうございます。もう元気だと分かっています。"))


def it_is_over() -> Said:
    return Said("over", (_quietly(_("お知らせしていた方は、ようすが分かりました。ありがとうございました。")),))


def _quietly(words: str) -> Cards:
    """Words that a lock screen does not show."""
    return Cards((Card(title=words),), quiet_alt())


def todays_response_came() -> Cards:
    return _quietly(_("今日の返事がありました。"))


# ── groups ──


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


def out_of_the_group() -> Text:
    return Text(_("つながりをぬけました。"))


def no_such_group() -> Text:
    return Text(_("その番号のつながりは見つかりませんでした。"))


def group_is_full() -> Text:
    return Text(_("このつながりは、もういっぱいです。"))


def group_name(count: int) -> str:
    return _("{count}人").format(count=count)


# ── disaster ──


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


def good_that_you_are_safe() -> Text:
    return Text(_("無事と分かって、安心しました。身の安全をいちばんにしてください。"))


def help_was_asked_for() -> Text:
    return Text(
        _(
            "職員に伝えました。すぐに行けないこともあります。命があぶないときは、119に電話してください。\nどこで、どんな助けがほしいか、ここに書いてください。"
        )
    )


# ── staff on call ──


def a_task_waits(public_url: str) -> Alert:
    return Alert(
        _("【ささえあい】いそぎの仕事が待っています"),
        _("いそぎの仕事（電話や訪問）を、まだだれも引き受けていません。職員の画面を開いてください。")
        + f"\n{public_url}/admin/checkins/",
    )


def window_choices() -> tuple[Choice, ...]:
    return tuple(
        Choice(f"{begins * 60}-{(begins + 2) * 60}", hours(begins * 60, (begins + 2) * 60))
        for begins in range(7, 21, 2)
    )


# ── words that answer a check-in ──


def fine_words() -> tuple[str, ...]:
    return (
        _("元気"),
        _("大丈夫"),
        _("だいじょうぶ"),
        _("変わりな"),
        _("変わりあり"),
        _("おはよう"),
        _("こんにちは"),
        _("こんばんは"),
        _("おおきに"),
        _("ありがとう"),
        _("無事"),
        _("まあまあ"),
        _("ぼちぼち"),
        _("異常な"),
    )


def asking_words() -> tuple[str, ...]:
    """Words that ask for something else, so that a greeting before them does not swallow the question."""
    return ("?", _("教え"), _("どこ"), _("いつ"), _("何"), _("なに"), _("ですか"), _("ますか"), _("ほしい"))


def uneasy_words() -> tuple[str, ...]:
    return (
        _("不安"),
        _("心配"),
        _("しんどい"),
        _("つらい"),
        _("辛い"),
        _("痛"),
        _("さみし"),
        _("さびし"),
        _("寂し"),
        _("眠れ"),
        _("ねむれ"),
        _("食べられ"),
        _("食欲"),
        _("熱が"),
        _("転ん"),
        _("こけ"),
        _("調子が悪"),
        _("調子悪"),
        _("具合"),
        _("元気じゃ"),
        _("元気ない"),
        _("元気がな"),
        _("元気が出"),
        _("大丈夫じゃ"),
        _("大丈夫では"),
        _("めまい"),
        _("ふらふら"),
        _("動けな"),
        _("えらい"),
    )


def talk_words() -> tuple[str, ...]:
    return (_("話したい"), _("話がしたい"), _("聞いてほしい"), _("話を聞いて"), _("電話してほしい"), _("電話がほしい"))


# ── words that wish for something ──


def resuming_words() -> tuple[str, ...]:
    return (_("再開"), _("また始め"), _("またはじめ"), _("休みをおわ"), _("休みを終"), _("退院"))


def pausing_words() -> tuple[str, ...]:
    return (_("休"), _("やすみ"), _("入院"), _("旅行"), _("留守"), _("一時停止"), _("しばらく"))


def stopping_words() -> tuple[str, ...]:
    return (_("やめ"), _("辞め"), _("止め"), _("解約"), _("いりません"), _("いらない"), _("もういい"), _("終わりに"))


def changing_words() -> tuple[str, ...]:
    return (_("変え"), _("変更"), _("時間"), _("時刻"), _("曜日"), _("早く"), _("遅く"), _("かえたい"))


def contact_words() -> tuple[str, ...]:
    return (_("連絡先"),)
