"""Words residents use: to answer a check-in, and to wish for something about them.

Katakana is heard as hiragana. Where people write a word both with and without characters, both stand here.
"""

from handlers.copy import _

ENDS = "。、.!?〜ー "


def fine_words() -> tuple[str, ...]:
    japanese = _(
        "元気 げんき 大丈夫 だいじょうぶ 変わりな 変わりあり 変わりま かわりな かわりあり かわりま おはよう こんにちは こんばんは "
        "おおきに ありがとう 無事 ぶじ まあまあ ぼちぼち 異常な おかげさ ふつう 普通 生きて いきて 生きと いきと 達者 たっしゃ "
        "ぴんぴん 快調 好調 起きた おきた 起きました おきました 起きて おきて 調子ええ 調子いい 調子がええ 調子がいい 気分がええ "
        "気分がいい 問題な もんだいな"
    )
    return (*japanese.split(), *["👍", "👌", "🙆", "😊", "😀", "😄", "🙂", "☺"])


def yes_words() -> tuple[str, ...]:
    """What says that somebody is well when it stands alone."""
    alone = _(
        "はい うん ええ おう ええよ いいよ おるよ おるで いるよ います おります よろしい 良好 なし 特になし とくになし"
    )
    return tuple(alone.split())


def just_well() -> tuple[str, ...]:
    """The whole of a message that says nothing but 「元気です」, also in the tongues of the newcomers among us."""
    return (
        *_(
            "生きてるで 生きてるよ 生きてます 生きとるで 生きとるよ いきてるで いきてるよ いきとるで いきとるよ"
        ).split(),
        *("fine", "i'm fine", "i’m fine", "im fine", "i am fine", "fine thank you", "i'm ok", "i am ok", "ok", "okay"),
        *("i'm okay", "i am okay", "i'm good", "i am good", "i'm well", "i am well", "good", "all good", "very well"),
        *("很好", "我很好", "没事", "沒事", "還好", "还好", "挺好", "괜찮아요", "괜찮습니다", "잘 지내요", "좋아요"),
        *("khỏe", "tôi khỏe", "vẫn khỏe", "ổn", "tôi ổn", "bem", "tudo bem", "estou bem", "mabuti", "ayos lang"),
    )


def calm_words() -> tuple[str, ...]:
    """Words of worry that say the opposite, and words that only look like a question."""
    calm = _(
        "ご心配なく 心配な 心配いら 心配あり 心配せん 心配しない しんぱいいら しんぱいな しんどな しんどくな 不安はな 痛くな 痛みはな "
        "いたくな えらい元気 えらいげんき えらいええ 何ともな なんともな 何もな なにもな なんもな 何事もな なにごともな いつも "
        "転んでな ころんでな"
    )
    return tuple(calm.split())


def asking_words() -> tuple[str, ...]:
    """Words that ask for something else, so that a greeting before them does not swallow the question."""
    return ("?", *_("教え おしえ どこ いつ 何 なに ですか ますか ほしい").split())


def uneasy_words() -> tuple[str, ...]:
    japanese = _(
        "不安 ふあん 心配 しんぱい しんど つらい 辛い 痛 いたい 苦し くるし さみし さびし 寂し 淋し 眠れ ねむれ 寝れ ねれ 食べられ たべられ "
        "食べれ たべれ 食欲 しょくよく 熱が ねつが 熱っぽ 転ん ころん こけ 調子が悪 調子悪 調子がわる 調子わる ちょうしがわる ちょうしわる "
        "具合 ぐあい めまい ふらふら 動けな うごけな えらい だる あかん きつい 風邪 かぜひ かぜを 弱って よわって 吐 下痢 元気じゃ 元気では "
        "元気ない 元気がな 元気が出 元気がで 元気やな 元気ちゃう げんきじゃ げんきでは げんきない げんきがな げんきがで げんきやな "
        "げんきちゃう 大丈夫じゃ 大丈夫では 大丈夫やな 大丈夫ちゃう だいじょうぶじゃ だいじょうぶでは だいじょうぶやな だいじょうぶちゃう "
        "よくない 良くない ようない よくあり 悪い"
    )
    elsewhere = "not sick ill pain hurt hurts bad lonely 不舒服 不好 疼 아파 아프 힘들 mệt đau mal dor"
    return (*japanese.split(), *elsewhere.split(), *["😢", "😭", "🤒", "🤕", "😷", "😰"])


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
