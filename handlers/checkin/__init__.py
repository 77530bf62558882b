"""Check-ins: joining, each day's answer, pausing, changing, stopping, contacts, groups.

bot       おはようございます。お変わりありませんか。        [元気です] [ちょっと不安] [話したい]
resident  元気です
bot       お返事ありがとうございます。安心しました。

resident  見守りメッセージ
bot       えらんだ日と時間に … おたずねします。  はじめますか。   [はじめる] [カードの番号がある] [いまはやめる]
resident  はじめる
bot       いつおたずねしましょうか。                     [毎日] [曜日をえらぶ] [2日に1回] …
resident  毎日
bot       何時ごろがよいですか。                         [7〜9時] [9〜11時] …
resident  9〜11時
bot       何とお呼びすればよいですか。
resident  ハナ
bot       お返事がないときにお電話する番号を書いてください。    [あとで職員に伝える]
resident  079…
bot       ようすを見てもらう人を決めておけます。           [連絡先を決める] [決めずにはじめる]
resident  決めずにはじめる
bot       毎日、9〜11時におたずねします。…   (a first message at once, as a trial)

resident  入院するので見守りをお休みしたい
bot       いつまでお休みにしますか。                      [3日] [1週間] [1か月] [日にちを選ぶ]
"""

from handlers.checkin import answers, card, changes, contacts, disaster, door, group, joining, looking_after, plan

__all__ = ["answers", "card", "changes", "contacts", "disaster", "door", "group", "joining", "looking_after", "plan"]
