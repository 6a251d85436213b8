"""The operator closes an account, and whoever sits before it is out."""

import pytest

from tests.factories import people
from tests.factories.registry import institution
from tests.webapp.conftest import WebClient


@pytest.mark.req("KH-5-2", "DR-15")
def test_closing_an_account_ends_its_open_session_and_opening_restores_sign_in(
    web_client: WebClient, other_client: WebClient
) -> None:
    operator_id = people.operator()
    head_id = people.head(institution().tenant_id)
    other_client.sign_in("head")
    operator = web_client.sign_in("operator")
    assert "王園長" in operator.get("/bureau/accounts?login=HEAD").text
    assert operator.post(f"/bureau/accounts/{head_id}/closing").status_code == 303
    assert other_client.get("/account").status_code == 303
    assert "已停用" in operator.get("/bureau/accounts?login=head").text
    assert operator.post(f"/bureau/accounts/{head_id}/opening").status_code == 303
    assert other_client.sign_in("head").get("/account").status_code == 200
    assert operator.post(f"/bureau/accounts/{operator_id}/closing").status_code == 422
    assert "找不到帳號" in operator.get("/bureau/accounts?login=nobody").text


@pytest.mark.req("DR-08")
def test_an_officer_of_the_bureau_closes_no_account(web_client: WebClient) -> None:
    people.bureau_officer()
    someone = people.person("someone")
    client = web_client.sign_in("bureau")
    assert client.get("/bureau/accounts").status_code == 403
    assert client.post(f"/bureau/accounts/{someone}/closing").status_code == 403
