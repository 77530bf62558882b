"""見守り: the words for what is stored about check-ins, and for what is to be done."""

from bot.store.checkins import CheckinPlan
from bot.store.tasks import Task

STATES = {"on": "見守り中", "waiting": "LINEにまだつながっていません", "paused": "お休み中", "stopped": "おわり"}
STANDS = {
    "fine": "元気です",
    "uneasy": "ちょっと不安",
    "talk": "話したい",
    "words": "文字で返事",
    "sign": "返事あり",
    "contact": "連絡先が確認",
    "staff": "職員が確認",
    "waiting": "返事待ち",
    "silent": "返事なし",
    "": "なし",
}
STAGE_NAMES = {
    "": "おたずね",
    "ask_again": "もう一度おたずね",
    "group": "つながりに知らせる",
    "phone": "職員が電話",
    "contact": "連絡先に知らせる",
    "visit": "職員が訪問",
}
TASK_NAMES = {
    "phone": "電話する",
    "visit": "たずねる",
    "contact": "緊急連絡先に電話する",
    "unreachable": "LINEで連絡がつかなくなった方に連絡する",
    "follow_up": "つづきを見る",
    "quota": "LINEの通数が足りなくなる前に相談する",
    "callback": "折り返し電話する",
    "promise": "約束したことをする",
    "other": "すること",
}
NEEDS = {
    ("plan", "link"): "カードの番号でLINEにつながったか確かめる",
    ("plan", "phone"): "ご本人に電話番号を聞く",
    ("plan", "without_line"): "LINEなしの見守りかたを決める",
    ("contact", "left"): "LINEで届かなくなった連絡先の方に確かめる",
    ("contact", "confirm"): "連絡先の方に電話で確かめる",
    ("task", "after"): "このあとも気にかける",
    ("ask", "help"): "助けが必要と連絡があった方を支える",
}
"""By how a task's need begins and ends."""
RESULTS = {
    "well": "元気を確認した",
    "needs_help": "助けが必要",
    "not_reached": "連絡がつかない",
    "stopped": "見守りをやめると聞いた",
    "done": "済んだ",
}
TOLD = {
    "going": "「行きます」",
    "not_now": "「今は無理」",
    None: "まだ返事がありません",
    "well": "元気でした",
    "needs_help": "助けが必要です",
    "not_met": "会えませんでした",
}
"""What a contact said: the answer to being asked, then what they found."""
RELATIONS = {
    "family": "家族・親せき",
    "welfare_volunteer": "民生委員",
    "neighbour": "ご近所",
    "friend": "友だち",
    "other": "そのほか",
}
WEEKDAYS = "月火水木金土日"
WRONG = {
    "name": "名前を書いてください。",
    "days": "日のえらび方を確かめてください。",
    "window": "時間は、はじめがおわりより前になるようにしてください。",
    "pause": "お休みの日は、きょうから1年のうちでえらんでください。",
    "birthday": "誕生日は「月-日」（例：03-15）で書いてください。",
    "most": "連絡先は5人までです。",
    "phone": "電話番号がありません。",
    "minutes": "待つ時間は、1分から7日のあいだにしてください。",
    "nobody": "電話か訪問の、どちらかは入れてください。だれも行かない見守りになってしまいます。",
    "hours": "静かな時間と人数を確かめてください。",
}
DEEDS = {
    "join_checkins": "はじめました（ご本人）",
    "enrol_in_checkins": "登録しました",
    "link_plan": "LINEにつながりました",
    "unlink_plan": "LINEをはずしました（ご本人のLINEではなかった）",
    "pause_checkins": "お休みにしました",
    "resume_checkins": "お休みをおわりました",
    "change_checkins": "日や時間を変えました",
    "describe_plan": "書いてあることを直しました",
    "stop_checkins": "やめました",
    "set_own_stages": "段階を変えました",
    "add_contact": "連絡先をふやしました",
    "confirm_contact": "連絡先に電話で確かめました",
    "remove_contact": "連絡先をはずしました",
    "confirm_well": "元気を確認しました",
    "see_plan": "見ました",
}


def why_not(wrong: Exception) -> str:
    """What is to be put right, of a plan, contact or template that is not accepted."""
    return WRONG.get(str(wrong), "書いたことを確かめてください。")


def title_of(task: Task) -> str:
    """What is to be done, in the words of whoever does it."""
    parts = task.need.split(":")
    return NEEDS.get((parts[0], parts[-1]), TASK_NAMES.get(task.kind, TASK_NAMES["other"]))


def days_of(plan: CheckinPlan) -> str:
    if plan.weekdays:
        return "・".join(WEEKDAYS[int(one)] for one in plan.weekdays)
    return "毎日" if plan.every == 1 else "週に1回" if plan.every == 7 else f"{plan.every}日に1回"


def minutes_of_day(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"
