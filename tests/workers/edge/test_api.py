"""The box's requests to the server."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
import urllib3

from tests.workers.edge.conftest import Box, Site
from workers.edge.api import Api, NotThePlatform, Refused, Unavailable, read, retry_after
from workers.edge.home import Home


def answer(status: int, body: bytes, **headers: str) -> urllib3.BaseHTTPResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return urllib3.HTTPResponse(body=body, status=status, headers=named, preload_content=True)


@pytest.mark.req("DR-18")
def test_a_box_whose_clock_is_an_hour_off_learns_the_time_and_goes_on(box: Box, site: Site) -> None:
    api = Api(box.home.identity(), box.home.device_key(), clock_offset_us=3_600_000_000)
    assert api.get("/config")["site_id"] == str(site.of.site_id)
    assert abs(api.clock_offset_us) < 5_000_000
    site.api.shut()
    with pytest.raises(Unavailable):
        api.get("/config")


def test_the_installer_is_told_to_which_institution_and_site_the_box_now_belongs(site: Site, tmp_path: Path) -> None:
    done = Box(site, Home(tmp_path / "edge"), tmp_path / "log").enrol()
    assert "這台主機屬於：晨光幼兒園／晨光幼兒園。" in done.stdout


def test_a_used_code_is_refused_at_the_box_with_the_servers_sentence(box: Box, site: Site) -> None:
    token = site.token()
    other = Box(site, type(box.home)(box.home.folder.with_name("other")), box.log)
    assert other.enrol(token).returncode == 0
    third = Box(site, type(box.home)(box.home.folder.with_name("third")), box.log)
    done = third.enrol(token)
    assert (done.returncode, done.stdout) == (1, "")
    assert "已經使用過" in done.stderr
    again = other.enrol()
    assert again.returncode == 1
    assert "已經註冊過" in again.stderr


def test_the_command_line_tells_the_installer_what_to_do(box: Box) -> None:
    refused = box.command("camera", "add", "C-GATE", "--url", "http://admin:s3cret@127.0.0.1/not-rtsp")
    assert (refused.returncode, "s3cret" in refused.stdout + refused.stderr) == (1, False)
    assert "rtsp://" in refused.stderr
    done = box.command("check")
    assert done.returncode == 1
    assert "camera add" in done.stdout, "no camera has an address yet"
    unknown = box.command("camera", "add", "C-NONE", "--url", "rtsp://x")
    assert unknown.returncode == 1
    assert "C-GATE" in unknown.stderr


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (200, b"<html>", NotThePlatform),
        (404, b"<html>", NotThePlatform),
        (502, b"<html>", Unavailable),
        (503, b'{"code": "x"}', Unavailable),
        (429, b'{"code": "x"}', Unavailable),
        (200, b"[]", Unavailable),
        (422, b'{"code": "bad_request", "detail": "..."}', Refused),
    ],
)
def test_only_a_clear_no_is_taken_for_one(status: int, body: bytes, error: type[Exception]) -> None:
    with pytest.raises(error) as raised:
        read(answer(status, body))
    assert raised.type is error


@pytest.mark.req("DR-34")
@pytest.mark.parametrize(
    ("said", "least", "most"),
    [("120", 120, 120), ("", 0, 0), ("soon", 0, 0), ("-5", 0, 0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0, 0)],
)
@pytest.mark.parametrize("status", [429, 503])
def test_when_to_come_back_is_heard(status: int, said: str, least: float, most: float) -> None:
    with pytest.raises(Unavailable) as error:
        read(answer(status, b"{}", Retry_After=said))
    assert least <= error.value.retry_after <= most


def test_a_date_to_come_back_at_is_heard() -> None:
    at = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert 80 < retry_after(answer(503, b"{}", Retry_After=at)) <= 90
