"""What the council remembers: tables by subject, encrypted columns, and the sessions that reach them.

Import tables from their subject's module (`bot.store.residents`, `bot.store.talk`, …); `bot.store.tables`
imports them all, for migrations.
"""
