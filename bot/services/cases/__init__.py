"""Cases 相談: from the bot to people. One module for each thing that happens to a case.

opening    by a resident, by danger, by staff; again, when it was closed a short while ago
hearing    the resident says something
ownership  taken, given to whoever's turn it is; an alarm is looked at
answering  staff say something
closing    with what came of it, and a second look where there was danger
finding    cases, and what was said in them
refusals   what the council would not do
"""
