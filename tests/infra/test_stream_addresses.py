"""Where the password of an address is, wherever makers and people put it."""

import pytest

from infra.stream_addresses import (
    Login,
    hides_something,
    host_of,
    is_doubtful,
    login_of,
    scrubbed,
    with_login,
    without_password,
)


@pytest.mark.parametrize(
    ("address", "shown", "host"),
    [
        ("rtsp://admin:s3cret@10.0.0.9:554/ch1?x=1", "rtsp://10.0.0.9:554/ch1?x=1", "10.0.0.9"),
        ("rtsp://admin:s3@cret@[fd00::9]:554/ch1", "rtsp://[fd00::9]:554/ch1", "fd00::9"),
        ('rtsp://a:s3cret"w\n[x]@Cam.LAN/', "rtsp://Cam.LAN/", "cam.lan"),
        ("rtsp://10.0.0.9/user=a&password=s3cret&ch=1", "rtsp://10.0.0.9/user=a&password=***&ch=1", "10.0.0.9"),
        ("rtsp://10.0.0.9/live?usr=a&pwd=s3cret", "rtsp://10.0.0.9/live?usr=a&pwd=***", "10.0.0.9"),
        ("clip:/srv/a@b.mp4", "clip:/srv/a@b.mp4", ""),
    ],
)  # fmt: skip
def test_an_address_is_shown_without_what_it_hides(address: str, shown: str, host: str) -> None:
    assert without_password(address) == shown
    assert "s3cret" not in shown
    assert host_of(address) == host
    assert hides_something(address) is (address != shown)


@pytest.mark.parametrize(
    ("address", "doubtful"),
    [
        ("rtsp://admin:Cam@1234/x@10.0.0.9:554/gate", True),
        ("rtsp://admin:pa/ss@10.0.0.9/gate", True),
        ("rtsp://admin:pa#ss@10.0.0.9/gate", True),
        ("rtsp://admin:pa?ss@10.0.0.9/gate", True),
        ("rtsp://admin:Cam@1234@10.0.0.9/gate", False),
        ("rtsp://admin:pa%2Fss@10.0.0.9/gate", False),
        ("rtsp://10.0.0.9/user=a&password=s3@cret&ch=1", False),
        ("clip:/srv/a@b.mp4", False),
        ("10.0.0.9", False),
    ],
)
def test_an_address_whose_password_may_be_cut_in_two_is_doubtful(address: str, *, doubtful: bool) -> None:
    assert is_doubtful(address) is doubtful


def test_any_password_survives_being_written_into_an_address() -> None:
    login = Login("admin", "p@ss/w:rd%?#[]")
    address = with_login("rtsp://old:one@10.0.0.9/ch1", login)
    assert (login_of(address), without_password(address)) == (login, "rtsp://10.0.0.9/ch1")
    assert "p@ss" not in repr(login)
    assert login_of("rtsp://10.0.0.9/ch1") is None


@pytest.mark.req("KH-5-1a")
def test_a_line_of_a_log_loses_the_passwords_of_its_addresses() -> None:
    line = '{"event": "cannot open \'rtsp://admin:s3cret@10.0.0.9/ch1?password=s3cret\'", "mail": "a@b.tw"}'
    assert scrubbed(line) == '{"event": "cannot open \'rtsp://***@10.0.0.9/ch1?password=***\'", "mail": "a@b.tw"}'
