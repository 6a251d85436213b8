"""Whether a request's signature covers what is put."""

import pytest

from infra.s3_client import s3_client
from infra.settings import StoreSettings


@pytest.mark.parametrize(
    ("endpoint", "covered"),
    [
        ("http://10.0.0.7:9000", True),
        ("http://s3.example", True),
        ("https://s3.example", False),
        ("http://127.0.0.1:9000", False),
    ],
)
def test_a_body_is_signed_where_others_could_change_it_on_its_way(endpoint: str, covered: bool) -> None:  # noqa: FBT001
    settings = StoreSettings(
        endpoint=endpoint, public_endpoint=endpoint, region="r", bucket="b", access_key="a", secret_key="s"
    )

    client = s3_client(settings, endpoint)

    assert client.meta.config.s3["payload_signing_enabled"] is covered
