"""Check-ins 見守りメッセージ: nobody who agreed to be asked is ever forgotten.

    rhythm      when somebody is due, quiet hours, holidays (rules on values alone)
    templates   how silence climbs
    plans       what was agreed: days, pausing, changing, stopping
    joining     in the chat, or enrolled by staff and linked with LINE
    unreachable who left LINE
    waiting     what waits for a sign of life, and that it is over
    rounds      one due check-in: made, sent, or not taken by LINE
    silence     stage by stage, to somebody at the door
    signs       of life, which end it
    contacts    whom the person named, asked in order
    groups      friends who watch over each other
    disasters   「無事ですか」 to everybody in chosen areas
    watching    what staff look at

Words come from the caller: a service knows no sentence.
"""
