"""The rich menu of six buttons under the chat, made once and set as everybody's default.

LINE counts menus made in an hour and keeps images as they are, so a menu is found again by its name, which carries a
fingerprint of its picture and buttons: setting up twice changes nothing
(https://developers.line.biz/en/docs/messaging-api/rich-menus-overview/).
"""

import hashlib
from pathlib import Path
from typing import Any

from linebot.v3.messaging import ApiException, RichMenuRequest

from bot.conversation import Tap
from bot.line.gateway import TIMEOUT, Gateway
from bot.line.messages import action

IMAGE = Path(__file__).parent / "rich_menu.png"
WIDTH, HEIGHT = 2500, 1686
BUTTONS = (
    Tap("相談先をさがす", "menu.lookup"),
    Tap("人に相談する", "menu.person"),
    Tap("匿名で知らせる", "menu.worry"),
    Tap("見守りメッセージ", "menu.checkin"),
    Tap("地域の居場所・行事", "menu.places"),
    Tap("設定", "menu.settings"),
)


def menu() -> dict[str, Any]:
    """The menu as LINE's object: three columns, two rows."""
    areas = [
        {
            "bounds": {
                "x": place % 3 * (WIDTH // 3),
                "y": place // 3 * (HEIGHT // 2),
                "width": WIDTH // 3,
                "height": HEIGHT // 2,
            },
            "action": action(tap, 20),
        }
        for place, tap in enumerate(BUTTONS)
    ]
    fingerprint = hashlib.sha256(repr(areas).encode() + IMAGE.read_bytes()).hexdigest()[:12]
    return {
        "size": {"width": WIDTH, "height": HEIGHT},
        "selected": True,
        "name": f"sasaeai {fingerprint}",
        "chatBarText": "メニュー",
        "areas": areas,
    }


def set_up(line: Gateway) -> bool:
    """Make the menu the default of everybody. False when it already was. ApiException when LINE refuses."""
    wanted = menu()
    menu_id = _id_of(line, wanted["name"])
    is_new = menu_id is None
    if menu_id is None:
        request = RichMenuRequest.from_dict(wanted)
        menu_id = line.api.create_rich_menu(request, _request_timeout=TIMEOUT).rich_menu_id
        line.files.set_rich_menu_image(
            menu_id, body=IMAGE.read_bytes(), _headers={"Content-Type": "image/png"}, _request_timeout=TIMEOUT
        )
    if _default(line) == menu_id:
        return is_new
    line.api.set_default_rich_menu(menu_id, _request_timeout=TIMEOUT)
    return True


def _id_of(line: Gateway, name: str) -> str | None:
    menus = line.api.get_rich_menu_list(_request_timeout=TIMEOUT).richmenus or []
    return next((str(one.rich_menu_id) for one in menus if one.name == name), None)


def _default(line: Gateway) -> str | None:
    try:
        return str(line.api.get_default_rich_menu_id(_request_timeout=TIMEOUT).rich_menu_id)
    except ApiException as none:
        if none.status == 404:
            return None
        raise
