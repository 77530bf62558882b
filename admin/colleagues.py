"""The names of those who work or worked here, for pages that tell who did what."""

from flask import g

from bot.services import staff


def names() -> dict[int, str]:
    """By number; read once in a request. Empty on the page that tells of an error before anything could be read."""
    if "session" not in g:
        return {}
    if "staff_names" not in g:
        g.staff_names = staff.names(g.session)
    found: dict[int, str] = g.staff_names
    return found


def name_of(staff_id: int | None) -> str:
    """Whose name it is, or that it was some other colleague."""
    return names().get(staff_id or 0, "ほかの職員")
