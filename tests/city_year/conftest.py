"""The bureau's browser."""

from tests.webapp.conftest import made_web_app, web_app, web_client

__all__ = ["made_web_app", "web_app", "web_client"]
