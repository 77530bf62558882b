"""Who may see and do what at the desk: the one place that says so."""

from collections.abc import Iterable
from enum import StrEnum


class RoleName(StrEnum):
    """The roles by their stored names; `TITLES` has them as staff read them."""

    COUNSELLOR = "counsellor"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    VIEWER = "viewer"


TITLES = {
    RoleName.COUNSELLOR: "相談員",
    RoleName.SUPERVISOR: "主任",
    RoleName.ADMINISTRATOR: "管理者",
    RoleName.VIEWER: "閲覧のみ",
}


class Action(StrEnum):
    """Something staff may do."""

    SEE_DESK = "see_desk"
    SETTLE_DELIVERIES = "settle_deliveries"
    SEE_AUDIT = "see_audit"
    MANAGE_STAFF = "manage_staff"
    SEE_WORRIES = "see_worries"
    WORK_WORRIES = "work_worries"
    SEE_FIGURES = "see_figures"
    SEE_CASES = "see_cases"
    WORK_CASES = "work_cases"
    MANAGE_ON_CALL = "manage_on_call"
    SEE_KNOWLEDGE = "see_knowledge"
    EDIT_KNOWLEDGE = "edit_knowledge"
    PUBLISH_KNOWLEDGE = "publish_knowledge"
    SEE_QUESTIONS = "see_questions"
    MANAGE_QUEUES = "manage_queues"
    SEE_CHECKINS = "see_checkins"
    WORK_CHECKINS = "work_checkins"
    MANAGE_CHECKINS = "manage_checkins"
    SEE_TASKS = "see_tasks"
    DO_TASKS = "do_tasks"
    SEE_LOAD = "see_load"
    CHANGE_SETTINGS = "change_settings"
    OWN_ACCOUNT = "own_account"


MAY: dict[Action, frozenset[RoleName]] = {
    Action.SEE_DESK: frozenset(RoleName),
    Action.SETTLE_DELIVERIES: frozenset({RoleName.COUNSELLOR, RoleName.SUPERVISOR, RoleName.ADMINISTRATOR}),
    Action.SEE_AUDIT: frozenset({RoleName.SUPERVISOR, RoleName.ADMINISTRATOR}),
    Action.MANAGE_STAFF: frozenset({RoleName.ADMINISTRATOR}),
    Action.SEE_WORRIES: frozenset({RoleName.COUNSELLOR, RoleName.SUPERVISOR, RoleName.ADMINISTRATOR}),
    Action.WORK_WORRIES: frozenset({RoleName.COUNSELLOR, RoleName.SUPERVISOR, RoleName.ADMINISTRATOR}),
    Action.SEE_FIGURES: frozenset(RoleName),
    Action.SEE_CASES: frozenset({RoleName.COUNSELLOR, RoleName.SUPERVISOR, RoleName.ADMINISTRATOR}),
    Action.WORK_CASES: frozenset({RoleName.COUNSELLOR, RoleName.SUPERVISOR, RoleName.ADMINISTRATOR}),
    Action.MANAGE_ON_CALL: frozenset({RoleName.SUPERVISOR, RoleName.ADMINISTRATOR}),
    Action.SEE_KNOWLEDGE: frozenset(RoleName),
    Action.EDIT_KNOWLEDGE: frozenset({RoleName.COUNSELLOR, RoleName.SUPERVISOR, RoleName.ADMINISTRATOR}),
    Action.PUBLISH_KNOWLEDGE: frozenset({RoleName.SUPERVISOR, RoleName.ADMINISTRATOR}),
    Action.SEE_QUESTIONS: frozenset({RoleName.COUNSELLOR, RoleName.SUPERVISOR, RoleName.ADMINISTRATOR}),
    Action.MANAGE_QUEUES: frozenset({RoleName.SUPERVISOR, RoleName.ADMINISTRATOR}),
    Action.SEE_CHECKINS: frozenset({RoleName.COUNSELLOR, RoleName.SUPERVISOR, RoleName.ADMINISTRATOR}),
    Action.WORK_CHECKINS: frozenset({RoleName.COUNSELLOR, RoleName.SUPERVISOR, RoleName.ADMINISTRATOR}),
    Action.MANAGE_CHECKINS: frozenset({RoleName.SUPERVISOR, RoleName.ADMINISTRATOR}),
    Action.SEE_TASKS: frozenset({RoleName.COUNSELLOR, RoleName.SUPERVISOR, RoleName.ADMINISTRATOR}),
    Action.DO_TASKS: frozenset({RoleName.COUNSELLOR, RoleName.SUPERVISOR, RoleName.ADMINISTRATOR}),
    Action.SEE_LOAD: frozenset({RoleName.SUPERVISOR, RoleName.ADMINISTRATOR}),
    Action.OWN_ACCOUNT: frozenset(RoleName),
    Action.CHANGE_SETTINGS: frozenset({RoleName.SUPERVISOR, RoleName.ADMINISTRATOR}),
}


def may(roles: Iterable[str], action: Action) -> bool:
    """Whether somebody with these roles may do it."""
    return bool(MAY[action] & set(roles))
