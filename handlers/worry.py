"""Telling anonymously what worries one about a neighbour, a child, oneself; reading the answer with the receipt code.

resident  匿名で知らせる
bot       名前を言わずに知らせられます。… ウェブのページなら、LINEにことばが残りません。  [ページを開く] [ここで書く]
resident  ここで書く
bot       どんなことが心配ですか。           [子ども] [お年より] … [とばす] [もどる] [やめる]
bot       どのあたりのことですか。           [氷丘] …
bot       見たこと、気になることを書いてください。
bot       いつごろからですか。               [きょう] [このごろ] [まえから]
bot       いますぐ助けがいりますか。         [はい] [いいえ]
bot       これで知らせます。（まとめ）       [知らせる] [やめる]
bot       受けつけました。ひかえの番号は 7K2M-… です。   [返事は来ましたか]

Nothing of it stays in the conversation: the router keeps no words of this flow, and filing erases the rest.
"""

from datetime import date, datetime, timedelta

from bot.conversation import STAY, Choice, Flow, Open, Reply, Tap, Turn
from bot.services import areas, receipts, threads, worries
from bot.store.areas import Area
from handlers import profile
from handlers.copy import common
from handlers.copy import worry as say

flow = Flow("worry", keeps_no_words=True, hears_danger=True)
SKIP = "skip"
BEFORE_THE_TURN = timedelta(minutes=1)  # an event waits a little before its turn begins


@flow.opens
def ask_how(turn: Turn) -> Reply:
    """The page first: what is written there never rests with LINE."""
    if worries.reports_a_day.is_used_up(str(turn.resident.id), now=turn.now):
        return Reply(say.enough_for_today(turn.council), common.menu_choices())
    ways = (
        Open(say.open_page(), f"{turn.public_url}/worry"),
        Choice("here", say.write_here()),
        Tap(say.read_answer(), "worry.answer"),
    )
    began = (turn.now - BEFORE_THE_TURN).isoformat()
    remember = {"began": began, "form": worries.new_form_key()}
    return Reply(say.how(), ways, wait_for=hear_how, remember=remember)


@flow.step("how")
def hear_how(turn: Turn) -> Reply:
    if turn.choice == "here":
        return _ask_kind()
    if turn.heard == "text" and not turn.choice and len(turn.said) > 3:  # they began to tell already
        return _heard_seen(turn, _ask_place(turn))
    return Reply(say.page_or_here(), wait_for=STAY)


def _ask_kind() -> Reply:
    kinds = tuple(Choice(kind, say.kind(kind)) for kind in worries.KINDS)
    return Reply(say.ask_kind(), (*kinds, Choice(SKIP, say.skip())), wait_for=hear_kind)


@flow.step("kind")
def hear_kind(turn: Turn) -> Reply:
    if turn.choice in (*worries.KINDS, SKIP):
        return _with(_ask_place(turn), {"kind": "other" if turn.choice == SKIP else turn.choice})
    if turn.heard == "text":
        return _heard_seen(turn, _ask_place(turn))
    return Reply(say.choose_below(), wait_for=STAY)


def _ask_place(turn: Turn, start: int = 0) -> Reply:
    districts = areas.districts(turn.session)
    shown = [Choice(str(area.id), profile.short_name(area)) for area in districts[start : start + 8]]
    if len(districts) > 8:
        shown.append(Choice(f"from {0 if start else 8}", say.more_areas()))
    return Reply(say.ask_place(), (*shown, Choice(SKIP, say.skip())), wait_for=hear_place)


@flow.step("place")
def hear_place(turn: Turn) -> Reply:
    if turn.choice.startswith("from "):
        return _ask_place(turn, int(turn.choice.removeprefix("from ")))
    area = next((one for one in areas.districts(turn.session) if str(one.id) == turn.choice), None)
    if area is None and turn.choice != SKIP:
        area = profile.chosen(turn) if turn.heard == "text" else None
        if area is None:
            return Reply(say.choose_below(), wait_for=STAY)
    follows = _ask_since() if turn.memory.get("seen") else _ask_seen()
    return _with(follows, {"area": area.id if area else None})


def _ask_seen() -> Reply:
    return Reply(say.ask_seen(), (Choice(SKIP, say.skip()),), wait_for=hear_seen)


@flow.step("seen")
def hear_seen(turn: Turn) -> Reply:
    if turn.choice == SKIP and (turn.memory.get("area") or turn.memory.get("kind", "other") != "other"):
        return _with(_ask_since(), {"seen": say.no_words()})
    if turn.heard != "text" or turn.choice == SKIP or not any(sign.isalnum() for sign in turn.said):
        return Reply(say.please_in_words(), wait_for=STAY)
    return _heard_seen(turn, _ask_since())


def _heard_seen(turn: Turn, follows: Reply) -> Reply:
    """Keep what was seen; ask first when it seems to name the writer."""
    told = {"seen": turn.said, "danger": turn.is_danger or bool(turn.memory.get("danger"))}
    if worries.names_somebody(turn.said):
        return Reply(
            say.names_somebody(), (Choice("without", say.leave_out()), Choice("with", say.keep_it())),
            wait_for=hear_names, remember=told,
        )  # fmt: skip
    return _with(follows, told)


@flow.step("names")
def hear_names(turn: Turn) -> Reply:
    if turn.choice not in ("without", "with"):
        return Reply(say.choose_below(), wait_for=STAY)
    seen = str(turn.memory["seen"])
    follows = _ask_since() if "area" in turn.memory else _ask_place(turn)
    return _with(follows, {"seen": worries.without_names(seen) if turn.choice == "without" else seen})


def _ask_since() -> Reply:
    since = tuple(Choice(label, label) for label in say.since_choices())
    return Reply(say.ask_since(), (*since, Choice(SKIP, say.skip())), wait_for=hear_since)


@flow.step("since")
def hear_since(turn: Turn) -> Reply:
    if turn.heard not in ("text", "choice"):
        return Reply(say.choose_below(), wait_for=STAY)
    since = "" if turn.choice == SKIP else turn.choice or turn.said
    if worries.names_somebody(since):
        since = worries.without_names(since)
    yes_or_no = (Choice("yes", say.yes()), Choice("no", say.no()), Choice(SKIP, say.skip()))
    danger = turn.is_danger or bool(turn.memory.get("danger"))
    return Reply(say.ask_urgent(), yes_or_no, wait_for=hear_urgent, remember={"since": since, "danger": danger})


@flow.step("urgent")
def hear_urgent(turn: Turn) -> Reply:
    if turn.choice not in ("yes", "no", SKIP):
        return Reply(say.choose_below(), wait_for=STAY)
    is_urgent = turn.choice == "yes" or bool(turn.memory.get("danger"))
    told = _told({**turn.memory, "urgent": is_urgent})
    area = turn.session.get(Area, told.area_id) if told.area_id else None
    summary = say.summary(told.kind, area.name if area else "", told.seen, told.since, told.is_urgent)
    send = (Choice("send", say.send()), Choice("stop", say.stop()))
    return Reply(summary, send, wait_for=hear_confirm, remember={"urgent": is_urgent})


@flow.step("confirm")
def hear_confirm(turn: Turn) -> Reply:
    if turn.choice == "stop":
        _forget(turn)
        return Reply(say.nothing_sent(), common.menu_choices())
    if turn.choice != "send":
        return Reply(say.choose_below(), wait_for=STAY)
    try:
        receipt = worries.file(turn.session, _told(turn.memory), now=turn.now)
    except worries.AlreadyFiled:
        _forget(turn)
        return Reply(say.sent_before(), common.menu_choices())
    worries.reports_a_day.count(str(turn.resident.id), now=turn.now)
    _forget(turn)
    messages = (say.received(receipt.answer_due_on, receipt.is_urgent), say.code(receipt.code))
    return Reply(messages, common.menu_choices()[:1])


def _told(memory: dict[str, object]) -> worries.Draft:
    area = memory.get("area")
    return worries.Draft(
        form_key=str(memory.get("form", "")),
        kind=str(memory.get("kind", "other")),
        area_id=int(str(area)) if area else None,
        seen=str(memory.get("seen", "")),
        since=str(memory.get("since", "")),
        is_urgent=bool(memory.get("urgent")),
    )


def _with(reply: Reply, remember: dict[str, object]) -> Reply:
    return Reply(reply.messages, reply.choices, reply.wait_for, {**reply.remember, **remember})


def _forget(turn: Turn) -> None:
    since = datetime.fromisoformat(str(turn.memory.get("began", turn.now.isoformat())))
    worries.forget_how_it_came(turn.session, turn.thread, turn.resident, since=since, now=turn.now)


# ── reading the answer, and writing more ──


def ask_code(turn: Turn) -> Reply:
    began = (turn.now - BEFORE_THE_TURN).isoformat()
    return Reply(say.ask_code(), wait_for=hear_code, remember={"began": began})


def is_code(turn: Turn) -> bool:
    """Whether this is a receipt code and nothing else: typed, or held by a button on the resident's own phone."""
    return bool(receipts.read(turn.said)) if turn.heard == "text" else turn.tapped in ("worry.receipt", "worry.more")


@flow.step("code")
def hear_code(turn: Turn) -> Reply:
    return _talk(turn, turn.said)


def hear_receipt(turn: Turn) -> Reply:
    """One tap on 「返事は来ましたか」 under the receipt: the button itself holds the code."""
    return _talk(turn, turn.choice)


def _talk(turn: Turn, typed: str) -> Reply:
    """The talk so far. A wrong code says only that it is wrong. Nothing of it stays here: the buttons hold the code."""
    turn.memory.setdefault("began", (turn.now - BEFORE_THE_TURN).isoformat())
    is_beside = threads.owner_of(turn.thread) != "bot"  # staff are talking here: what is written next goes to them
    try:
        report = worries.find(turn.session, typed, asker=str(turn.resident.id), now=turn.now)
    except worries.TooMany:
        return Reply(say.too_many_codes(turn.council), common.menu_choices(), is_safety=is_beside)
    if report is None:
        if is_beside:
            return Reply(say.wrong_code(), is_safety=True)
        return Reply(say.wrong_code(), wait_for=hear_code, remember={"began": turn.memory["began"]})
    said = [(word.speaker, word.words or "", word.said_on) for word in worries.talk(turn.session, report)]
    _forget(turn)
    more = Tap(say.write_more(), "worry.more", receipts.read(typed), shows_label=False)
    choices = () if is_beside else (more, *common.menu_choices()[:1])
    return Reply(say.talk(said, _due(report)), choices, is_safety=is_beside)


def _due(report: worries.WorryReport) -> date | None:
    return report.answer_due_on if report.state == "new" else None


def ask_more(turn: Turn) -> Reply:
    began = (turn.now - BEFORE_THE_TURN).isoformat()
    return Reply(say.ask_more(), wait_for=hear_more, remember={"began": began, "code": turn.choice})


@flow.step("more")
def hear_more(turn: Turn) -> Reply:
    if turn.heard != "text" or not any(sign.isalnum() for sign in turn.said):
        return Reply(say.please_in_words(), wait_for=STAY)
    if worries.names_somebody(turn.said):
        return Reply(
            say.names_somebody(), (Choice("without", say.leave_out()), Choice("with", say.keep_it())),
            wait_for=hear_more_names, remember={"more": turn.said, "danger": turn.is_danger},
        )  # fmt: skip
    return _added(turn, turn.said, is_danger=turn.is_danger)


@flow.step("more_names")
def hear_more_names(turn: Turn) -> Reply:
    if turn.choice not in ("without", "with"):
        return Reply(say.choose_below(), wait_for=STAY)
    more = str(turn.memory.get("more", ""))
    words = worries.without_names(more) if turn.choice == "without" else more
    return _added(turn, words, is_danger=bool(turn.memory.get("danger")))


def _added(turn: Turn, words: str, *, is_danger: bool) -> Reply:
    code = str(turn.memory.get("code", ""))
    try:
        report = worries.find(turn.session, code, asker=str(turn.resident.id), now=turn.now)
    except worries.TooMany:
        return Reply(say.too_many_codes(turn.council), common.menu_choices())
    if report is None:
        return Reply(say.wrong_code(), common.menu_choices())
    worries.write_more(turn.session, report, words, now=turn.now, is_urgent=is_danger)
    _forget(turn)
    return Reply(say.added(report.answer_due_on), common.menu_choices())
