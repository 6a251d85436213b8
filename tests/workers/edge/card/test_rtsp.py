"""What passes between FFmpeg and a camera's replay, byte by byte."""

import pytest

from infra.stream_addresses import Login
from workers.edge.card.moments import Moments, stamp_of
from workers.edge.card.relay import Span
from workers.edge.card.rtsp import Message, NotRtsp, SignIn, taken

ANSWER = b"RTSP/1.0 200 OK\r\nCSeq: 3\r\nContent-Length: 2\r\n\r\nhi"
STAMP = b"\xab\xac\x00\x03" + (2_208_988_800 + 7).to_bytes(4, "big") + b"\x80\x00\x00\x00" + b"\xb0\x05\x00\x00"


def packet(tick: int, *, extension: bytes = STAMP) -> bytes:
    head = bytes([0x90 if extension else 0x80, 96]) + b"\x00\x01" + tick.to_bytes(4, "big") + b"from"
    return head + extension + b"picture"


def test_messages_and_packets_are_taken_whole_and_in_order() -> None:
    stream, held, found = ANSWER + b"$\x00\x00\x03abc" + ANSWER, bytearray(), []
    for byte in stream:
        held.append(byte)
        while (piece := taken(held)) is not None:
            found.append(piece)
    first, middle, last = found
    assert isinstance(first, Message)
    assert (first.status, first.body) == ("200", b"hi")
    assert (middle, last) == (b"$\x00\x00\x03abc", first)


@pytest.mark.parametrize(
    "data", [b"HTTP/1.1 200 OK\r\n\r\n", b"RTSP/1.0 200 OK\r\nContent-Length: 99999999\r\n\r\n", b"x" * 70_000]
)
def test_what_is_no_rtsp_or_without_end_is_given_up(data: bytes) -> None:
    with pytest.raises(NotRtsp):
        taken(bytearray(data))


def test_a_picture_says_when_it_was_taken_and_whether_the_card_went_on() -> None:
    stamp = stamp_of(packet(5))
    assert stamp is not None
    assert (stamp.taken_us, stamp.breaks, stamp.is_last) == (7_500_000, True, True)


@pytest.mark.parametrize("other", [b"", b"\xbe\xde" + STAMP[2:], STAMP[:3] + b"\x01" + STAMP[4:8], STAMP[:9]])
def test_another_extension_or_a_torn_one_says_nothing(other: bytes) -> None:
    assert stamp_of(packet(5, extension=other)[: 12 + len(other)]) is None


def test_moments_are_found_by_what_ffmpeg_counts_also_where_the_ticks_begin_anew() -> None:
    moments = Moments()
    assert moments.note(packet(1, extension=b"")) is None, "nothing is passed on that cannot be dated"
    passed = [moments.note(packet((2**32 - 3000 + n * 3000) % 2**32)) for n in range(3)]
    ticks = [int.from_bytes(one[0][4:8], "big") for one in passed if one is not None]
    assert [tick - ticks[0] for tick in ticks] == [0, 3000, 6000]
    assert ticks[0] != 0, "FFmpeg takes zero for unknown"
    assert moments.of(3000) is not None
    assert moments.of(3000) is None


def test_a_span_is_asked_for_by_the_clock() -> None:
    assert Span(0, 1_500_000).words == "clock=19700101T000000.000Z-19700101T000001.500Z"


def test_a_plain_login_is_given_only_once_it_is_asked_for() -> None:
    sign_in, question = SignIn(Login("admin", "secret")), Message("PLAY rtsp://x/y RTSP/1.0", ())
    assert sign_in.signed(question) == question
    assert sign_in.learn(Message("RTSP/1.0 401 Unauthorized", (("WWW-Authenticate", 'Basic realm="x"'),)))
    assert sign_in.signed(question).all_of("authorization") == ["Basic YWRtaW46c2VjcmV0"]
    assert not SignIn(None).learn(Message("RTSP/1.0 401 Unauthorized", (("WWW-Authenticate", 'Basic realm="x"'),)))
