"""地域の宝物: a resident tells of a place, a gathering, a helping hand nearby.

resident  宝物を教える
bot       地域の宝物を教えてください。何という名前ですか。            [もどる] [やめる]
resident  縁側カフェ
bot       どこにありますか。                                      [地図で送る] [とばす]
resident  寺家町の公園のとなり
bot       どんな所ですか。
resident  火曜の午後に、だれでもお茶が飲めます
bot       これでよろしいですか。（まとめ）                          [教える] [やめる]
resident  教える
bot       ありがとうございます。職員が確かめてから、みなさんに案内します。

It becomes a draft that staff check. The conversation keeps none of its words, and nobody's name goes with it.
"""

from bot.conversation import STAY, Choice, Flow, Reply, SharePlace, Turn
from bot.services import treasures
from handlers.copy import common
from handlers.copy import treasure as say

flow = Flow("treasure", keeps_no_words=True)
SKIP = "skip"


@flow.opens
def ask_name(turn: Turn) -> Reply:
    if treasures.proposals_a_day.is_used_up(str(turn.resident.id), now=turn.now):
        return Reply(say.enough_for_today(turn.council), common.menu_choices())
    return Reply(say.ask_name(), wait_for=hear_name)


@flow.step("name")
def hear_name(turn: Turn) -> Reply:
    if not _is_said(turn):
        return Reply(say.please_in_words(), wait_for=STAY)
    if len(turn.said) > treasures.LONGEST_NAME:
        return Reply(say.only_the_name(), wait_for=STAY)
    return Reply(
        say.ask_where(),
        (SharePlace(say.send_place()), Choice(SKIP, say.skip())),
        wait_for=hear_where,
        remember={"name": turn.said},
    )


@flow.step("where")
def hear_where(turn: Turn) -> Reply:
    if turn.heard == "place" and turn.place is not None:
        told = {"where": turn.place.address, "latitude": turn.place.latitude, "longitude": turn.place.longitude}
        return Reply(say.ask_what(), wait_for=hear_what, remember=told)
    if turn.choice == SKIP:
        return Reply(say.ask_what(), wait_for=hear_what, remember={"where": ""})
    if not _is_said(turn):
        return Reply(say.place_in_words(), wait_for=STAY)
    return Reply(say.ask_what(), wait_for=hear_what, remember={"where": turn.said})


@flow.step("what")
def hear_what(turn: Turn) -> Reply:
    if not _is_said(turn):
        return Reply(say.please_in_words(), wait_for=STAY)
    summary = say.summary(str(turn.memory["name"]), str(turn.memory.get("where", "")), turn.said)
    ways = (Choice("send", say.send()), Choice("stop", say.stop()))
    return Reply(summary, ways, wait_for=hear_confirm, remember={"what": turn.said})


@flow.step("confirm")
def hear_confirm(turn: Turn) -> Reply:
    if turn.choice == "stop":
        return Reply(say.nothing_kept(), common.menu_choices())
    if turn.choice != "send":
        return Reply(say.choose_below(), wait_for=STAY)
    latitude, longitude = turn.memory.get("latitude"), turn.memory.get("longitude")
    try:
        treasures.propose(
            turn.session,
            by=str(turn.resident.id),
            name=str(turn.memory["name"]),
            where=str(turn.memory.get("where", "")),
            what=str(turn.memory["what"]),
            latitude=float(latitude) if latitude is not None else None,
            longitude=float(longitude) if longitude is not None else None,
            now=turn.now,
        )
    except treasures.TooMany:
        return Reply(say.enough_for_today(turn.council), common.menu_choices())
    return Reply(say.thanks(), common.menu_choices())


def _is_said(turn: Turn) -> bool:
    return turn.heard == "text" and any(sign.isalnum() for sign in turn.said)
