"""Security headers of every answer. No inline script or style anywhere, so that injected markup does nothing."""

from flask import Flask, Response, current_app, request

from infra.settings import Settings

_ALLOWED = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",  # the design system's icons are data addresses in its style sheet
    "media-src": "'self' blob:",  # Media Source playback
    "connect-src": "'self'",
    "font-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
HEADERS = {
    "Content-Security-Policy": "; ".join(f"{kind} {sources}" for kind, sources in _ALLOWED.items()),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_TWO_YEARS = 2 * 365 * 24 * 60 * 60


def init_app(app: Flask) -> None:
    """Add the headers to every answer, errors included."""
    app.after_request(_harden)


def _harden(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)  # a view may be stricter, such as for a scan
    # Everything but our own style sheets and scripts may be personal: a shared computer must not keep it. A calendar
    # holds nothing of anybody, and asks each time whether it is still the same.
    if request.endpoint == "calendars.feed":
        response.headers["Cache-Control"] = "private, no-cache"
    elif request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    settings: Settings = current_app.config["SETTINGS"]
    if settings.is_https:
        response.headers["Strict-Transport-Security"] = f"max-age={_TWO_YEARS}; includeSubDomains"
    return response
