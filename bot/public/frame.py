"""What the pages without signing in stand in: nothing from elsewhere, nothing kept by the browser, no floods."""

from pathlib import Path

from flask import Flask, Response

from bot import limits

HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def make(name: str, *, may_load: str, most_bytes: int, is_behind_tls: bool) -> Flask:
    """The application to mount at `/<name>`. `may_load`: what a page may fetch and run, as a policy says it."""
    pages = Flask(name, root_path=str(Path(__file__).parent), static_folder="static")
    pages.config["MAX_CONTENT_LENGTH"] = most_bytes
    pages.jinja_options = {"autoescape": True, "trim_blocks": True, "lstrip_blocks": True}
    limits.against_floods(pages)
    policy = f"default-src 'none'; {may_load}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

    @pages.after_request
    def guard(response: Response) -> Response:
        response.headers.update(HEADERS)
        response.headers["Content-Security-Policy"] = policy
        if is_behind_tls:
            response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        return response

    return pages
