"""The pieces of a viewing session in a real browser: H.265 footage, a gap, sound, and a jump to a late moment."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

from infra.burning import Viewing
from infra.film import Canvas
from infra.joining import Clip
from infra.moving_mark import Mark
from infra.playlists import INIT, playlist
from tests.made_segments import clip

T0 = 1_795_000_000_000_000
SECOND = 1_000_000
HLS = Path(__file__).parents[2] / "webapp" / "static" / "vendor" / "hls.min.js"
PAGE = """<!doctype html><video muted width="320"></video><script src="/hls.js"></script><script>
  window.faults = [];
  const video = document.querySelector("video");
  const hls = new Hls({ enableWorker: false });
  hls.on(Hls.Events.ERROR, (_event, data) => faults.push(data.details));
  hls.loadSource("/index.m3u8");
  hls.attachMedia(video);
</script>"""


def session() -> Viewing:
    """Nineteen seconds: some of H.265 with sound, a gap of four, and some more. It begins between two pictures."""
    made = [clip(4, size=(320, 180), codec="libx265", audio=True, first=40 * at) for at in range(4)]
    starts = (0, 4, 12, 16)
    clips = [
        Clip(
            started_us=T0 + start * SECOND,
            ended_us=T0 + (start + 4) * SECOND,
            media_ms=one.media_ms,
            read=lambda one=one: one.plain,
        )
        for start, one in zip(starts, made, strict=True)
    ]
    mark = Mark(viewer="V7K3M2", case="115-0001", session="S9F2QX")
    canvas = Canvas(width=320, height=180, sound=True)
    return Viewing(clips, from_us=T0 + 530_000, until_us=T0 + 19_530_000, mark=mark, canvas=canvas)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    showing = session()

    def answer(route: Route) -> None:
        name = route.request.url.rsplit("/", 1)[-1]
        match name:
            case "":
                route.fulfill(body=PAGE, content_type="text/html")
            case "hls.js":
                route.fulfill(body=HLS.read_text(encoding="utf-8"), content_type="text/javascript")
            case "index.m3u8":
                route.fulfill(body=playlist(showing.pieces), content_type="application/vnd.apple.mpegurl")
            case str(init) if init == INIT:
                route.fulfill(body=showing.init(), content_type="video/mp4")
            case _:
                made = showing.piece(int(name.removesuffix(".m4s")))
                route.fulfill(body=made.data, content_type="video/mp4")

    context = chromium.new_context()
    page = context.new_page()
    page.route("**/*", answer)
    page.goto("http://school.test/")
    yield page
    context.close()


@pytest.mark.needs("chromium")
@pytest.mark.req("DR-12", "DR-13")
def test_a_browser_plays_through_a_gap_and_jumps_to_a_late_moment_on_one_timeline(page: Page) -> None:
    page.wait_for_function("video.buffered.length && video.buffered.end(video.buffered.length - 1) > 18.9")
    assert page.evaluate("video.duration") == pytest.approx(19, abs=0.1)
    assert page.evaluate("video.buffered.length") == 1, "no holes between pieces"
    page.evaluate("() => { video.playbackRate = 4; return video.play(); }")
    page.wait_for_function("video.currentTime > 13.5")

    page.evaluate("video.currentTime = 16.25")
    page.wait_for_function("!video.seeking")
    taken = page.evaluate("hls.playingDate.getTime() - video.currentTime * 1000")
    assert taken == pytest.approx((T0 + 530_000) / 1000, abs=100)
    page.wait_for_function("video.ended")
    assert page.evaluate("window.faults") == []
