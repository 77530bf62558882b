"""Being called back.

resident  電話をもらう
bot       いつがよいですか。                          [25日（水）] [26日（木）] …
resident  25日（水）
bot       何時がよいですか。                          [10:00] [10:30] …
resident  10:30
bot       どの番号に電話しますか。番号を書いてください。
resident  079-424-4318
bot       (card: 25日（水）10:30ごろ 079-424-4318 から電話します。合言葉は「さくら・みかん」です。)

Where the talk is in the room, the time and the number are given there: a telephone number need not pass through LINE.
Whatever is written instead is for the people who answer.
"""

from datetime import date, datetime

from bot.conversation import Choice, Flow, Reply, Tap, Turn
from bot.services import callbacks, threads
from bot.services.cases import finding
from handlers import handoff
from handlers.copy import callback as say
from handlers.copy import handoff as say_handoff

flow = Flow("callback", offers_back=False, beside_people=True)
MOST = 12


@flow.opens
def ask_when(turn: Turn) -> Reply:
    open_one = finding.open_case(turn.session, turn.resident)
    if open_one is None or open_one.agreed_at is None:
        return handoff.ask_consent(turn)
    if open_one.way == "room":
        return Reply(say_handoff.room_door(handoff.room_url(turn, open_one), say.choose_in_the_room()))
    days = list(dict.fromkeys(slot.starts_at.date() for slot in callbacks.free(turn.session, now=turn.now)))
    if not days:
        return Reply(say.nothing_free(turn.council))
    return Reply(say.which_day(), tuple(Choice(f"{day}", say.day(day)) for day in days[:MOST]), wait_for=hear_day)


@flow.step("day")
def hear_day(turn: Turn) -> Reply:
    if not turn.choice:
        return for_people(turn)
    day = date.fromisoformat(turn.choice)
    times = [slot.starts_at for slot in callbacks.free(turn.session, now=turn.now) if slot.starts_at.date() == day]
    if not times:
        return ask_when(turn)
    if len(times) > MOST:
        times = [at for at in times if at.minute == 0][:MOST]
    return Reply(say.which_time(), tuple(Choice(at.isoformat(), say.hour(at)) for at in times), wait_for=hear_time)


@flow.step("time")
def hear_time(turn: Turn) -> Reply:
    if not turn.choice:
        return for_people(turn)
    return Reply(say.which_number(), wait_for=hear_number, remember={"at": turn.choice})


@flow.step("number")
def hear_number(turn: Turn) -> Reply:
    open_one = finding.open_case(turn.session, turn.resident)
    if turn.heard != "text" or open_one is None:
        return for_people(turn)
    try:
        at = datetime.fromisoformat(turn.memory["at"])
        booked = callbacks.book(turn.session, open_one, at, phone=turn.said, now=turn.now)
    except callbacks.NotANumber:
        if any(sign.isdigit() for sign in turn.said):
            return Reply(say.not_a_number(), wait_for=hear_number, remember={"at": turn.memory["at"]})
        return for_people(turn)
    except callbacks.SlotTaken:
        again = ask_when(turn)
        return Reply((say.was_taken(), *again.said), again.choices, wait_for=again.wait_for)
    told = say.we_will_call(turn.council, booked.starts_at.astimezone(turn.now.tzinfo), booked.shared_word or "")
    return Reply(told, (Tap(say.another_time(), "callback.ask"), say_handoff.back_to_bot()))


def for_people(turn: Turn) -> Reply:
    """It was no answer to the question: people read it, as everything that is written while they answer."""
    threads.forget_step(turn.thread)
    return handoff.pass_on(turn)
