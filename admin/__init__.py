"""Staff pages: one blueprint module for each desk job. `attach` hangs them into the web application.

Security, sessions and headers are set up in `admin.frame` and `admin.sign_in`; what a page may show is decided by
`bot.services.access`, through `@staff_may`.
"""

from admin.attach import attach

__all__ = ["attach"]
