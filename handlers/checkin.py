"""Check-ins: joining, each day's answer, pausing, changing, stopping, contacts, groups.

bot       おはようございます。お変わりありませんか。        [元気です] [ちょっと不安] [話したい]
resident  元気です
bot       お返事ありがとうございます。安心しました。

resident  見守りメッセージ
bot       えらんだ日と時間に … おたずねします。  はじめますか。   [はじめる] [カードの番号がある] [いまはやめる]
resident  はじめる
bot       いつおたずねしましょうか。                     [毎日] [曜日をえらぶ] [2日に1回] …
resident  毎日
bot       何時ごろがよいですか。                         [7〜9時] [9〜11時] …
resident  9〜11時
bot       何とお呼びすればよいですか。
resident  ハナ
bot       お返事がないときにお電話する番号を書いてください。    [あとで職員に伝える]
resident  079…
bot       ようすを見てもらう人を決めておけます。           [連絡先を決める] [決めずにはじめる]
resident  決めずにはじめる
bot       毎日、9〜11時におたずねします。…   (a first message at once, as a trial)

resident  入院するので見守りをお休みしたい
bot       いつまでお休みにしますか。                      [3日] [1週間] [1か月] [日にちを選ぶ]
"""

from datetime import date, timedelta

from bot.conversation import STAY, Action, Choice, Flow, PickDate, Reply, Stay, Tap, Turn
from bot.services import outgoing, tasks, threads
from bot.services.checkins import contacts, disasters, groups, plans, rounds
from bot.services.daily_limits import DailyLimit
from bot.store.checkins import CheckinPlan
from bot.store.residents import Thread
from handlers.copy import checkin as say
from handlers.copy import common
from knowledge.search.words import normalise

flow = Flow("checkin")
tries = DailyLimit(8)  # wrong numbers of cards and groups, for each LINE
RELATIONS = contacts.RELATIONS
LONGEST_NAME = 30

# ── signs of life ──


def note_life(turn: Turn) -> rounds.Heard | None:
    """Whatever somebody does is a sign of life: what waited for one is over, whoever answers in the thread.

    Leaving is none, and neither is taking a message back, which a helper may do on the person's phone.
    """
    if turn.heard == "unfollowed":
        plans.lost(turn.session, turn.resident, now=turn.now)
        return None
    if turn.heard == "unsent" or turn.tapped.startswith(("checkin.", "disaster.")):
        return None
    if turn.heard == "followed":
        plans.found(turn.session, turn.resident, now=turn.now)
    disasters.hear(turn.session, turn.resident, "sign", now=turn.now)
    kind = "words" if turn.heard == "text" else "sign"
    heard = rounds.hear(turn.session, turn.resident, kind, now=turn.now)
    if heard is not None:
        _tell_contacts(turn, heard)
    return heard


def hear_fine(turn: Turn) -> Reply:
    heard = rounds.hear(turn.session, turn.resident, "fine", now=turn.now)
    if heard is None:
        return Reply(say.thank_you(was_alarm=False), is_safety=True)
    _tell_contacts(turn, heard)
    return Reply(say.thank_you(was_alarm=heard.was_alarm), wait_for=_same(turn), is_safety=True)


def hear_uneasy(turn: Turn) -> Reply:
    heard = rounds.hear(turn.session, turn.resident, "uneasy", now=turn.now)
    return _worried(turn, heard, "uneasy")


def hear_talk(turn: Turn) -> Reply:
    heard = rounds.hear(turn.session, turn.resident, "talk", now=turn.now)
    return _worried(turn, heard, "talk")


def _worried(turn: Turn, heard: rounds.Heard | None, kind: str) -> Reply:
    if heard is None or heard.case is None:
        from handlers import handoff  # no plan (any more): to a person all the same

        return handoff.ask_consent(turn)
    _tell_contacts(turn, heard)
    if kind == "talk":
        ways = (Tap(say.talk_now(), "menu.person"), *common.office_actions(turn.council))
        return Reply(say.we_will_talk(heard.case.promised_on), ways, is_safety=True)
    listens = hear_why if threads.owner_of(turn.thread) == "bot" else None
    return Reply(say.we_hear_you_are_uneasy(heard.case.promised_on), wait_for=listens, is_safety=True)


@flow.step("why")
def hear_why(turn: Turn) -> Reply:
    """What makes them uneasy goes to the staff, with the case; the conversation itself is what staff read."""
    if turn.heard != "text":
        return Reply(say.what_you_wrote_was_passed_on())
    rounds.hear(turn.session, turn.resident, "uneasy", words=turn.said, now=turn.now)
    return Reply(say.what_you_wrote_was_passed_on(), (Tap(say.talk_now(), "menu.person"),))


def hear_words(turn: Turn) -> Reply | None:
    """Free words that answer a check-in. None: they are about something else, and the usual walk answers them."""
    if turn.life is None or not turn.life.ended:
        return None
    said = normalise(turn.said)
    for kind, words in (("talk", say.talk_words()), ("uneasy", say.uneasy_words())):
        if any(word in said for word in words):
            case = rounds.worry_after_all(turn.session, turn.life, kind, turn.resident, words=turn.said, now=turn.now)
            if kind == "talk":
                return Reply(say.we_will_talk(case.promised_on), (Tap(say.talk_now(), "menu.person"),))
            return Reply(say.we_hear_you_are_uneasy(case.promised_on), wait_for=hear_why)
    asks = any(word in said for word in say.asking_words())
    if len(said) <= LONGEST_NAME and not asks and any(word in said for word in say.fine_words()):
        return Reply(say.thank_you(was_alarm=turn.life.was_alarm))
    return None


def thank(turn: Turn) -> Reply | None:
    """A sticker or a picture as the answer. None when nothing was waiting."""
    if turn.life is None or not turn.life.ended:
        return None
    return Reply(say.thank_you(was_alarm=turn.life.was_alarm))


def _same(turn: Turn) -> Stay | None:
    """An answer in between leaves an open conversation as it is."""
    return STAY if turn.thread.step and threads.owner_of(turn.thread) == "bot" else None


def _tell_contacts(turn: Turn, heard: rounds.Heard) -> None:
    """「今日の返事がありました」, to those who may hear it."""
    if not heard.ended:
        return
    for one in contacts.hearing_responses(turn.session, heard.plan):
        thread = turn.session.query(Thread).filter_by(resident_id=one.resident_id).one_or_none()
        if thread is not None and one.resident is not None and one.resident.is_following:
            outgoing.say(
                turn.session,
                thread,
                one.resident,
                [say.todays_response_came()],
                now=turn.now,
                message_class="reminder",
                retry_key=outgoing.retry_key(f"response:{heard.ended[-1].id}:{one.id}"),
            )


# ── the door ──


@flow.opens
def open_(turn: Turn) -> Reply:
    """What it is, or one's own plan."""
    plan = plans.of(turn.session, turn.resident.id)
    if plan is None:
        choices = (
            Choice("begin", say.begin()),
            Choice("card", say.have_a_card()),
            Choice("no", say.not_now()),
        )
        return Reply((say.what_it_is(turn.council), say.ask_consent()), choices, wait_for=hear_consent)
    return _show(turn, plan)


def hear_wish(turn: Turn) -> Reply:
    """One sentence: 「入院するので見守りを休みたい」, 「見守りの時間を変えて」, 「見守りをやめたい」."""
    said = normalise(turn.said)
    for words, wish in (
        (say.resuming_words(), resume),
        (say.pausing_words(), ask_until_when),
        (say.stopping_words(), ask_stop),
        (say.contact_words(), ask_contact),
        (say.changing_words(), ask_change),
    ):
        if any(word in said for word in words) and _with_plan(turn) is not None:
            return wish(turn)
    return open_(turn)


def _show(turn: Turn, plan: CheckinPlan) -> Reply:
    group = len(groups.members(turn.session, plan.group_id))
    card = say.your_plan(
        plan,
        _next_on(turn, plan) if plan.state != "paused" else None,
        contacts.of(turn.session, plan),
        say.group_name(group) if group else "",
    )
    return Reply(card, say.plan_choices(plan, has_group=bool(group)))


def _next_on(turn: Turn, plan: CheckinPlan) -> date:
    return (plan.next_due_at or turn.now).astimezone(turn.now.tzinfo).date()


def _with_plan(turn: Turn) -> CheckinPlan | None:
    return plans.of(turn.session, turn.resident.id)


@flow.step("consent")
def hear_consent(turn: Turn) -> Reply:
    if turn.choice == "no":
        return Reply(say.whenever_you_like(), common.menu_choices())
    if turn.choice == "card":
        return Reply(say.ask_card_code(), wait_for=hear_card_code)
    if turn.choice != "begin":
        return Reply(say.choose(), wait_for=STAY)
    return _ask_days({})


def _ask_days(remember: dict[str, object]) -> Reply:
    choices = (
        Choice("every 1", say.every_day()),
        Choice("weekdays", say.chosen_weekdays()),
        *(Choice(f"every {count}", say.every_days(count)) for count in range(2, 8)),
    )
    return Reply(say.ask_days(), choices, wait_for=hear_days, remember=remember)


@flow.step("days")
def hear_days(turn: Turn) -> Reply:
    if turn.choice == "weekdays":
        return _ask_weekdays("")
    kind, _, count = turn.choice.partition(" ")
    if kind != "every" or not count.isdigit():
        return Reply(say.choose(), wait_for=STAY)
    return _ask_time({"every": int(count), "weekdays": ""})


def _ask_weekdays(chosen: str) -> Reply:
    left = tuple(Choice(str(day), say.weekday(day)) for day in range(7) if str(day) not in chosen)
    done = (Choice("done", say.that_is_all()),) if chosen else ()
    return Reply(say.ask_weekdays(chosen), (*left, *done), wait_for=hear_weekdays, remember={"weekdays": chosen})


@flow.step("weekdays")
def hear_weekdays(turn: Turn) -> Reply:
    chosen = str(turn.memory.get("weekdays", ""))
    if turn.choice == "done" and chosen:
        return _ask_time({"every": 1, "weekdays": chosen})
    if turn.choice not in tuple("0123456"):
        return Reply(say.choose(), wait_for=STAY)
    chosen = "".join(sorted({*chosen, turn.choice}))
    return _ask_time({"every": 1, "weekdays": ""}) if len(chosen) == 7 else _ask_weekdays(chosen)


def _ask_time(remember: dict[str, object]) -> Reply:
    return Reply(say.ask_time(), say.window_choices(), wait_for=hear_time, remember=remember)


@flow.step("time")
def hear_time(turn: Turn) -> Reply:
    begins, _, ends = turn.choice.partition("-")
    if not (begins.isdigit() and ends.isdigit()):
        return Reply(say.choose(), wait_for=STAY)
    window = {"window_from": int(begins), "window_to": int(ends)}
    plan = _with_plan(turn)
    if plan is not None:
        plans.change(
            turn.session,
            plan,
            every=int(turn.memory.get("every", 1)),
            weekdays=str(turn.memory.get("weekdays", "")),
            **window,
            now=turn.now,
        )
        return Reply(say.changed(plan, _next_on(turn, plan)))
    return Reply(say.ask_name(), wait_for=hear_name, remember=window)


@flow.step("name")
def hear_name(turn: Turn) -> Reply:
    if turn.heard != "text" or not turn.said.strip():
        return Reply(say.ask_name(), wait_for=STAY)
    name = turn.said.strip()[:LONGEST_NAME]
    return Reply(
        say.ask_phone(), (Choice("later", say.tell_staff_later()),), wait_for=hear_phone, remember={"name": name}
    )


@flow.step("phone")
def hear_phone(turn: Turn) -> Reply:
    """The number; the plan begins here, so that nothing is lost if the rest is left for later."""
    phone = "" if turn.choice == "later" else _phone(turn.said)
    if turn.choice != "later" and not phone:
        return Reply(say.that_is_no_phone_number(), (Choice("later", say.tell_staff_later()),), wait_for=STAY)
    memory = turn.memory
    try:
        plan = plans.join(
            turn.session,
            turn.resident,
            every=int(memory.get("every", 1)),
            weekdays=str(memory.get("weekdays", "")),
            window_from=int(memory["window_from"]),
            window_to=int(memory["window_to"]),
            now=turn.now,
        )
    except plans.AlreadyWatched:
        return Reply(say.has_a_plan_already())
    plan.name, plan.phone = str(memory.get("name", "")) or None, phone or None
    if not phone:
        tasks.open_(
            turn.session,
            f"plan:{plan.id}:phone",
            "follow_up",
            now=turn.now,
            due_at=turn.now + timedelta(days=2),
            resident_id=turn.resident.id,
            plan_id=plan.id,
        )
    choices = (Choice("add", say.add_contact()), Choice("none", say.no_contact()))
    return Reply(say.ask_contact(), choices, wait_for=hear_whether_contact)


def _phone(said: str) -> str:
    """The digits of a Japanese telephone number; empty when it cannot be one."""
    digits = "".join(sign for sign in normalise(said) if sign.isdigit())
    return digits if digits.startswith("0") and len(digits) in (10, 11) else ""


# ── contacts ──


def ask_contact(turn: Turn) -> Reply:
    plan = _with_plan(turn)
    if plan is None:
        return Reply(say.no_plan(), common.menu_choices())
    return _ask_contact_name(turn, plan)


def _ask_contact_name(turn: Turn, plan: CheckinPlan) -> Reply:
    if len(contacts.of(turn.session, plan)) >= contacts.MOST:
        return Reply(say.most_contacts())
    return Reply(say.ask_contact_name(), wait_for=hear_contact_name)


@flow.step("whether_contact")
def hear_whether_contact(turn: Turn) -> Reply:
    plan = _with_plan(turn)
    if plan is None:
        return Reply(say.no_plan(), common.menu_choices())
    if turn.choice == "add":
        return _ask_contact_name(turn, plan)
    if turn.choice != "none":
        return Reply(say.choose(), wait_for=STAY)
    return _begun(turn, plan)


def _begun(turn: Turn, plan: CheckinPlan) -> Reply:
    return Reply((say.joined(plan, _next_on(turn, plan)), say.trial(turn.today, turn.now.hour)))


@flow.step("contact_name")
def hear_contact_name(turn: Turn) -> Reply:
    if turn.heard != "text" or not turn.said.strip():
        return Reply(say.ask_contact_name(), wait_for=STAY)
    choices = tuple(Choice(one, say.relation(one)) for one in RELATIONS)
    name = turn.said.strip()[:LONGEST_NAME]
    return Reply(say.ask_contact_relation(), choices, wait_for=hear_contact_relation, remember={"contact": name})


@flow.step("contact_relation")
def hear_contact_relation(turn: Turn) -> Reply:
    if turn.choice not in RELATIONS:
        return Reply(say.choose(), wait_for=STAY)
    choices = (Choice("none", say.none()),)
    return Reply(say.ask_contact_phone(), choices, wait_for=hear_contact_phone, remember={"relation": turn.choice})


@flow.step("contact_phone")
def hear_contact_phone(turn: Turn) -> Reply:
    phone = "" if turn.choice == "none" else _phone(turn.said)
    if turn.choice != "none" and not phone:
        return Reply(say.that_is_no_phone_number(), (Choice("none", say.none()),), wait_for=STAY)
    choices = (Choice("alarms", say.only_alarms()), Choice("responses", say.responses_too()))
    asked = say.ask_what_may_be_told(str(turn.memory.get("contact", "")))
    return Reply(asked, choices, wait_for=hear_what_may_be_told, remember={"contact_phone": phone})


@flow.step("contact_may")
def hear_what_may_be_told(turn: Turn) -> Reply:
    plan = _with_plan(turn)
    if plan is None:
        return Reply(say.no_plan(), common.menu_choices())
    if turn.choice not in ("alarms", "responses"):
        return Reply(say.choose(), wait_for=STAY)
    try:
        one = contacts.add(
            turn.session,
            plan,
            name=str(turn.memory.get("contact", "")),
            phone=str(turn.memory.get("contact_phone", "")),
            relation=str(turn.memory.get("relation", "other")),
            may_hear_responses=turn.choice == "responses",
            now=turn.now,
        )
    except contacts.ContactWrong:
        return Reply(say.most_contacts())
    if one.phone:
        tasks.open_(
            turn.session,
            f"contact:{one.id}:confirm",
            "follow_up",
            now=turn.now,
            due_at=turn.now + timedelta(days=3),
            plan_id=plan.id,
            contact_id=one.id,
        )
    passed_on = say.invitation(turn.council, one.name, plan.name or "", one.code or "")
    choices = (Choice("add", say.one_more_contact()), Choice("none", say.enough_contacts()))
    return Reply((say.pass_it_on(), passed_on), choices, wait_for=hear_whether_contact)


# ── pausing, changing, stopping ──


def ask_until_when(turn: Turn) -> Reply:
    if _with_plan(turn) is None:
        return Reply(say.no_plan(), common.menu_choices())
    choices: tuple[Action, ...] = (
        *(Choice(str(days), label) for days, label in say.until_choices()),
        PickDate(say.pick_day(), earliest=turn.today.isoformat()),
    )
    return Reply(say.ask_until_when(), choices, wait_for=hear_until_when)


@flow.step("until_when")
def hear_until_when(turn: Turn) -> Reply:
    until = turn.date or (turn.today + timedelta(days=int(turn.choice)) if turn.choice.isdigit() else None)
    if until is None:
        return Reply(say.ask_until_when(), wait_for=STAY)
    if until < turn.today or until - turn.today > plans.MOST_PAUSE:
        return Reply(say.that_day_is_over(), wait_for=STAY)
    choices = (Choice("yes", say.yes()), Choice("no", say.no()))
    return Reply(say.is_this_right(until), choices, wait_for=hear_pause, remember={"until": until.isoformat()})


@flow.step("pause")
def hear_pause(turn: Turn) -> Reply:
    plan = _with_plan(turn)
    if turn.choice != "yes" or plan is None:
        return Reply(say.unchanged())
    until = date.fromisoformat(str(turn.memory["until"]))
    if until < turn.today:
        return Reply(say.that_day_is_over())
    plans.pause(turn.session, plan, until=until, now=turn.now)
    return Reply(say.paused(until, _next_on(turn, plan)))


def resume(turn: Turn) -> Reply:
    plan = _with_plan(turn)
    if plan is None:
        return Reply(say.no_plan(), common.menu_choices())
    plans.resume(turn.session, plan, now=turn.now)
    return Reply(say.resumed(_next_on(turn, plan)))


def ask_change(turn: Turn) -> Reply:
    if _with_plan(turn) is None:
        return Reply(say.no_plan(), common.menu_choices())
    return _ask_days({})


def ask_stop(turn: Turn) -> Reply:
    if _with_plan(turn) is None:
        return Reply(say.no_plan(), common.menu_choices())
    return Reply(say.really_stop(), (Choice("yes", say.yes()), Choice("no", say.no())), wait_for=hear_stop)


@flow.step("stop")
def hear_stop(turn: Turn) -> Reply:
    plan = _with_plan(turn)
    if turn.choice != "yes" or plan is None:
        return Reply(say.unchanged())
    plans.stop(turn.session, plan, now=turn.now)
    return Reply(say.stopped(), common.menu_choices())


# ── the printed card ──


def hear_code(turn: Turn) -> Reply | None:
    """「見守り 123456」 from the QR code of a card, or 「連絡先 ABCD2345」 from an invitation. None: something else."""
    word, _, rest = normalise(turn.said).partition(" ")
    code = rest.replace(" ", "").upper()
    if word == "見守り" and len(code) == 6 and code.isdigit():
        return _link(turn, code)
    if word == "連絡先" and len(code) == 8 and code.isalnum():
        return _invited(turn, code)
    return None


@flow.step("card")
def hear_card_code(turn: Turn) -> Reply:
    code = "".join(sign for sign in normalise(turn.said) if sign.isdigit())
    return _link(turn, code)


def _link(turn: Turn, code: str) -> Reply:
    if tries.is_used_up(turn.thread.key, now=turn.now):
        return Reply(say.too_many_tries(), common.office_actions(turn.council))
    try:
        plan = plans.link(turn.session, code, turn.resident, now=turn.now)
    except plans.AlreadyWatched:
        return Reply(say.has_a_plan_already())
    if plan is None:
        tries.count(turn.thread.key, now=turn.now)
        return Reply(say.no_such_card(), wait_for=hear_card_code)
    return Reply((say.linked(plan, _next_on(turn, plan)), say.trial(turn.today, turn.now.hour)))


# ── being a contact ──


def _invited(turn: Turn, code: str) -> Reply:
    one = contacts.invited(turn.session, code, now=turn.now)
    if one is None or tries.is_used_up(turn.thread.key, now=turn.now):
        tries.count(turn.thread.key, now=turn.now)
        return Reply(say.no_such_invitation())
    choices = (Choice("yes", say.i_will()), Choice("no", say.i_cannot()))
    return Reply(
        say.would_you_look_after(one.plan.name or ""), choices, wait_for=hear_invited, remember={"invitation": code}
    )


@flow.step("invited")
def hear_invited(turn: Turn) -> Reply:
    if turn.choice not in ("yes", "no"):
        return Reply(say.choose(), wait_for=STAY)
    one = contacts.invited(turn.session, str(turn.memory.get("invitation", "")), now=turn.now)
    if one is None:
        return Reply(say.no_such_invitation())
    if turn.choice == "no":
        contacts.decline(turn.session, one, now=turn.now)
        return Reply(say.that_is_all_right())
    if not contacts.accept(turn.session, one, turn.resident, now=turn.now):
        return Reply(say.no_such_invitation())
    return Reply(say.thank_you_contact(), common.menu_choices())


def hear_going(turn: Turn) -> Reply:
    return _contact_answers(turn, going=True)


def hear_not_now(turn: Turn) -> Reply:
    return _contact_answers(turn, going=False)


def _contact_answers(turn: Turn, *, going: bool) -> Reply:
    ask = contacts.asked_of(turn.session, int(turn.choice), turn.resident) if turn.choice.isdigit() else None
    if ask is None:
        return Reply(say.no_such_invitation(), is_safety=True)
    if not contacts.answer(turn.session, ask, going, say, now=turn.now):
        return Reply(say.it_is_over_already(), is_safety=True)
    if going:
        return Reply(say.thank_you_for_going(), say.outcome_choices(ask.id), is_safety=True)
    return Reply(say.somebody_else_then(), is_safety=True)


def hear_well(turn: Turn) -> Reply:
    return _contact_reports(turn, "well")


def hear_needs_help(turn: Turn) -> Reply:
    return _contact_reports(turn, "needs_help")


def hear_not_met(turn: Turn) -> Reply:
    return _contact_reports(turn, "not_met")


def _contact_reports(turn: Turn, outcome: str) -> Reply:
    ask = contacts.asked_of(turn.session, int(turn.choice), turn.resident) if turn.choice.isdigit() else None
    if ask is None:
        return Reply(say.no_such_invitation(), is_safety=True)
    if not rounds.reported(turn.session, ask, outcome, now=turn.now):
        return Reply(say.it_is_over_already(), is_safety=True)
    words = {
        "well": say.thank_you_for_making_sure(),
        "needs_help": say.help_comes(turn.council),
        "not_met": say.staff_go_on(),
    }
    return Reply(words[outcome], is_safety=True)


# ── groups ──


def ask_group(turn: Turn) -> Reply:
    if _with_plan(turn) is None:
        return Reply(say.no_plan(), common.menu_choices())
    choices = (Choice("make", say.make_group()), Choice("join", say.join_group()))
    return Reply(say.ask_group(), choices, wait_for=hear_group)


@flow.step("group")
def hear_group(turn: Turn) -> Reply:
    plan = _with_plan(turn)
    if plan is None:
        return Reply(say.no_plan(), common.menu_choices())
    if turn.choice == "make":
        made = groups.begin(turn.session, plan, "", now=turn.now)
        return Reply(say.group_made(made.code or ""))
    if turn.choice == "join":
        return Reply(say.ask_group_code(), wait_for=hear_group_code)
    return Reply(say.choose(), wait_for=STAY)


@flow.step("group_code")
def hear_group_code(turn: Turn) -> Reply:
    code = "".join(sign for sign in normalise(turn.said) if sign.isdigit())
    group = groups.by_code(turn.session, code, now=turn.now)
    if tries.is_used_up(turn.thread.key, now=turn.now):
        return Reply(say.too_many_tries(), common.office_actions(turn.council))
    if group is None:
        tries.count(turn.thread.key, now=turn.now)
        return Reply(say.no_such_group(), wait_for=STAY)
    count = len(groups.members(turn.session, group.id))
    choices = (Choice("yes", say.yes()), Choice("no", say.no()))
    return Reply(say.ask_group_ok(count), choices, wait_for=hear_group_ok, remember={"group": code})


@flow.step("group_ok")
def hear_group_ok(turn: Turn) -> Reply:
    plan = _with_plan(turn)
    group = groups.by_code(turn.session, str(turn.memory.get("group", "")), now=turn.now)
    if turn.choice != "yes" or plan is None:
        return Reply(say.unchanged())
    if group is None:
        return Reply(say.no_such_group())
    try:
        groups.join(turn.session, group, plan, say, now=turn.now)
    except groups.GroupFull:
        return Reply(say.group_is_full())
    return Reply(say.in_the_group())


def agree_with_group(turn: Turn) -> Reply:
    """Yes to somebody who joined. A no is leaving, or simply no answer: then neither hears of the other."""
    plan = plans.of(turn.session, turn.resident.id)
    if plan is None or not groups.agree(plan, now=turn.now):
        return Reply(say.no_such_group())
    return Reply(say.in_the_group())


def leave_group(turn: Turn) -> Reply:
    plan = _with_plan(turn)
    if plan is None:
        return Reply(say.no_plan(), common.menu_choices())
    groups.leave(plan)
    return Reply(say.out_of_the_group())


# ── disaster ──


def hear_safe(turn: Turn) -> Reply:
    disasters.hear(turn.session, turn.resident, "safe", now=turn.now)
    rounds.hear(turn.session, turn.resident, "sign", now=turn.now)
    return Reply(say.good_that_you_are_safe(), is_safety=True)


def hear_help(turn: Turn) -> Reply:
    disasters.hear(turn.session, turn.resident, "help", now=turn.now)
    rounds.hear(turn.session, turn.resident, "sign", now=turn.now)
    return Reply(say.help_was_asked_for(), common.office_actions(turn.council), is_safety=True)
