"""見守り: the pages of check-ins. One blueprint, one module for each thing staff do there.

board      today at a glance, who is watched over, lists to print
enrolling  somebody who agreed on paper
person     one person: calendar, what is agreed, breaks, the card
contacts   whom to ask in an emergency
tasks      what people are to do
stages     how silence climbs
disasters  asking whole areas at once; a blueprint of its own
forms      what the forms say
words      the words for what is stored
"""

from flask import Flask

from admin.checkins import contacts, disasters, enrolling, person, stages, tasks
from admin.checkins.board import checkins

__all__ = ["contacts", "disasters", "enrolling", "person", "set_up", "stages", "tasks"]


def set_up(app: Flask) -> None:
    app.register_blueprint(disasters.pages)
    app.register_blueprint(checkins)
