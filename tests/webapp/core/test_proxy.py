"""Behind the one proxy, people keep their own addresses."""

import pytest
from flask import Flask, request, request_started

from tests.webapp.conftest import WebClient


@pytest.mark.req("DR-06")
@pytest.mark.parametrize(
    ("claimed", "seen"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("198.51.100.1, 203.0.113.7", "203.0.113.7"),  # what a caller claims comes before what the proxy saw
    ],
)
def test_the_address_that_the_audit_records_is_the_one_the_proxy_saw(
    web_app: Flask, web_client: WebClient, claimed: str, seen: str
) -> None:
    addresses: list[str | None] = []

    def note(_app: Flask, **_: object) -> None:
        addresses.append(request.remote_addr)

    with request_started.connected_to(note, web_app):
        web_client.get("/health/live", headers={"X-Forwarded-For": claimed})
    assert addresses == [seen]
