"""The app as a whole: it starts only when it is safe, and every answer is hardened."""

from tests.webapp.conftest import WebClient


def test_the_landing_page_greets_everybody(web_client: WebClient) -> None:
    answer = web_client.get("/")
    assert answer.status_code == 200
    assert "守園" in answer.text
