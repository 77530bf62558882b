"""What the stories about check-ins share: somebody who joined in the chat, and what people are to do."""

from bot.store.tasks import Task
from tests.town import Resident, Town


def join(town: Town, name: str, hours: str, days: str = "毎日", phone: str = "") -> Resident:
    """Somebody who went through the whole conversation; without contacts."""
    person = town.resident(name)
    person.says("見守りメッセージ")
    person.taps("はじめる")
    person.taps(days)
    person.taps(hours)
    person.says(name)
    if phone:
        person.says(phone)
    else:
        person.taps("あとで職員に伝える")
    person.taps("決めずにはじめる")
    person.sees("こんなふうにおたずねします")
    person._seen = len(person.phone.shown)
    return person


def open_tasks(town: Town) -> list[str]:
    """The urgent tasks people have to do now, by kind."""
    with town.store.reading() as session:
        todo = session.query(Task).filter(Task.state.in_(("open", "accepted")), Task.is_urgent)
        return [task.kind for task in todo.order_by(Task.id)]
