"""What a person must do: opened once, taken by one, passed on when nobody takes it."""

from datetime import timedelta

import pytest

from bot.services import tasks
from bot.store.tasks import Task
from tests.town import START

SOON = timedelta(minutes=15)


def test_the_same_need_opens_one_task_and_one_person_takes_it(any_town):
    store = any_town.store
    with store.turn() as session:
        assert tasks.open_(session, "round:1:phone", "phone", now=START, climbs_after=SOON) is not None
        assert tasks.open_(session, "round:1:phone", "phone", now=START, climbs_after=SOON) is None
    with store.turn() as session:
        task = session.query(Task).one()
        tasks.accept(session, task, staff_id=1, now=START)
        tasks.accept(session, task, staff_id=1, now=START)  # a second press changes nothing
        with pytest.raises(tasks.AlreadyAccepted) as first:
            tasks.accept(session, task, staff_id=2, now=START)
        assert first.value.by == 1
    with store.turn() as session:
        task = session.query(Task).one()
        with pytest.raises(tasks.NoSuchResult):
            tasks.done(session, task, result="somehow", staff_id=2, now=START)
        tasks.done(session, task, result="well", outcome=" 元気な声 ", staff_id=2, now=START)
        assert (task.state, task.result, task.outcome, task.accepted_by) == ("done", "well", "元気な声", 1)
        for verb in (tasks.accept, tasks.done, tasks.pass_on):
            more = {"result": "well"} if verb is tasks.done else {"to": None} if verb is tasks.pass_on else {}
            with pytest.raises(tasks.NotToDo):
                verb(session, task, staff_id=1, now=START, **more)
        assert tasks.to_do(session) == []


def test_what_nobody_takes_or_does_climbs_once_at_a_time(town):
    with town.store.turn() as session:
        tasks.open_(session, "a", "phone", now=START, climbs_after=SOON)
        tasks.open_(session, "b", "follow_up", now=START, due_at=START + timedelta(days=3))
        assert tasks.climb_due(session, now=START + timedelta(minutes=14)) == []
        (climbed,) = tasks.climb_due(session, now=START + SOON)
        assert (climbed.need, climbed.stage) == ("a", 1)
        assert tasks.climb_due(session, now=START + SOON) == []
        tasks.accept(session, climbed, staff_id=1, now=START + SOON)
        assert tasks.climb_due(session, now=START + 2 * SOON) == []
        (again,) = tasks.climb_due(session, now=START + SOON + tasks.DOING)
        assert (again.stage, again.state, again.accepted_by) == (2, "open", None)
        tasks.pass_on(session, again, to=7, staff_id=1, now=START + timedelta(hours=3))
        assert [one.need for one in tasks.to_do(session, staff_id=7)] == ["a", "b"]
        assert [one.need for one in tasks.to_do(session, staff_id=1)] == ["b"]
        assert [one.need for one in tasks.to_do(session, until=START + timedelta(hours=4))] == ["a"]
        assert tasks.drop(session, Task.need == "a", now=START) == 1
        assert tasks.climb_due(session, now=START + timedelta(days=9)) == []
