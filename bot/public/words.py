"""What the public pages say when something is wrong: what it is, what to do, and that nothing typed is lost."""

from bot.services import worries

TOO_OFTEN = "短いあいだに何度も開かれました。書いたことは残っています。1分ほど待って、もう一度お試しください。"
ENOUGH_TODAY = "きょうはたくさん受けつけました。お急ぎのときは、お電話ください。"
NO_WORDS = "「見たこと、気になること」を書いてください。短くてかまいません。"
TOO_LONG = f"長すぎて受けつけられません。{worries.LONGEST}文字までにしてください。"
WRONG_CODE = "その番号では見つかりませんでした。番号を確かめて、もう一度書いてください。"
TOO_MANY_CODES = (
    "番号のまちがいがつづいたため、きょうはここまでにします。お電話や窓口でも、番号を言えば返事をお聞きになれます。"
)
