"""Words residents use: to answer a check-in, and to wish for something about them."""

from handlers.copy import _


def fine_words() -> tuple[str, ...]:
    return (
        _("元気"),
        _("大丈夫"),
        _("だいじょうぶ"),
        _("変わりな"),
        _("変わりあり"),
        _("おはよう"),
        _("こんにちは"),
        _("こんばんは"),
        _("おおきに"),
        _("ありがとう"),
        _("無事"),
        _("まあまあ"),
        _("ぼちぼち"),
        _("異常な"),
    )


def asking_words() -> tuple[str, ...]:
    """Words that ask for something else, so that a greeting before them does not swallow the question."""
    return ("?", _("教え"), _("どこ"), _("いつ"), _("何"), _("なに"), _("ですか"), _("ますか"), _("ほしい"))


def uneasy_words() -> tuple[str, ...]:
    return (
        _("不安"),
        _("心配"),
        _("しんどい"),
        _("つらい"),
        _("辛い"),
        _("痛"),
        _("さみし"),
        _("さびし"),
        _("寂し"),
        _("眠れ"),
        _("ねむれ"),
        _("食べられ"),
        _("食欲"),
        _("熱が"),
        _("転ん"),
        _("こけ"),
        _("調子が悪"),
        _("調子悪"),
        _("具合"),
        _("元気じゃ"),
        _("元気ない"),
        _("元気がな"),
        _("元気が出"),
        _("大丈夫じゃ"),
        _("大丈夫では"),
        _("めまい"),
        _("ふらふら"),
        _("動けな"),
        _("えらい"),
    )


def talk_words() -> tuple[str, ...]:
    return (_("話したい"), _("話がしたい"), _("聞いてほしい"), _("話を聞いて"), _("電話してほしい"), _("電話がほしい"))


def resuming_words() -> tuple[str, ...]:
    return (_("再開"), _("また始め"), _("またはじめ"), _("休みをおわ"), _("休みを終"), _("退院"))


def pausing_words() -> tuple[str, ...]:
    return (_("休"), _("やすみ"), _("入院"), _("旅行"), _("留守"), _("一時停止"), _("しばらく"))


def stopping_words() -> tuple[str, ...]:
    return (_("やめ"), _("辞め"), _("止め"), _("解約"), _("いりません"), _("いらない"), _("もういい"), _("終わりに"))


def changing_words() -> tuple[str, ...]:
    return (_("変え"), _("変更"), _("時間"), _("時刻"), _("曜日"), _("早く"), _("遅く"), _("かえたい"))


def contact_words() -> tuple[str, ...]:
    return (_("連絡先"),)
