"""Every page of an institution opens for those who may, and for nobody else."""

import pytest

from tests.factories.cast import Cast
from tests.webapp.conftest import WebClient

PAGES = {
    "/": {"head", "handler", "guard", "staff"},
    "/cameras/": {"head", "handler", "guard", "staff"},
    "/cases/": {"head", "handler"},
    "/register": {"head", "handler"},
    "/retention": {"head", "handler"},
    "/audit/": {"head", "handler"},
    "/people/": {"head"},
    "/devices/": {"head", "handler"},
}


@pytest.mark.parametrize("role", ["head", "handler", "guard", "staff"])
def test_a_role_opens_its_pages_and_is_offered_no_other(people_of_k1: Cast, web_client: WebClient, role: str) -> None:
    base = f"/schools/{people_of_k1.k1.tenant_id}"
    web_client.sign_in(f"k1-{role}")

    home = web_client.get(f"{base}/").text

    for path, roles in PAGES.items():
        allowed = role in roles
        assert web_client.get(base + path).status_code == (200 if allowed else 403), path
        assert (f'href="{base}{path}"' in home) == allowed, path
