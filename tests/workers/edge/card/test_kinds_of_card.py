"""Cards whose pictures are H.265, and cards that are played over TLS alone."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.cameras.card import Card, Frame, frames_of
from tests.clips import Clip
from tests.workers.edge.card.conftest import due_again, fetch, fetched, is_filled, plays
from tests.workers.edge.disks import Disk

pytestmark = pytest.mark.req("DR-17")


@pytest.fixture(scope="module")
def h265(tmp_path_factory: pytest.TempPathFactory) -> list[Frame]:
    """As `frames`, in H.265, and large enough that a key frame takes several packets."""
    path = tmp_path_factory.mktemp("card") / "clip.ts"
    return frames_of(Clip(path=path, frames=50, key_every=10, codec="libx265", grain=True).make())


@pytest.fixture(scope="module")
def own_certificate(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """As a camera has it: signed by itself, for a name that nobody calls it by."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "camera")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    path: Path = tmp_path_factory.mktemp("tls") / "camera.pem"
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(key.private_bytes(*form) + made.sign(key, hashes.SHA256()).public_bytes(form[0]))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def test_a_gap_is_filled_from_a_card_in_h265(lost: Disk, card: Card, h265: list[Frame]) -> None:
    assert max(len(unit) for frame in h265 for unit in frame.units) > 1200, "some are sent in fragments"
    card.frames = h265 * 10
    fetch(lost)
    lines = fetched(lost)
    assert is_filled(lines)
    assert {line.codec for line in lines} == {"hevc"}
    assert not due_again(lost)


def test_a_gap_is_filled_from_a_card_that_speaks_tls_only(
    lost: Disk, card: Card, own_certificate: ssl.SSLContext
) -> None:
    card.tls = own_certificate
    fetch(lost)
    assert is_filled(fetched(lost))
    (play,) = plays(card)
    assert play.startswith("PLAY rtsps://"), "the login is made for the address that was asked"
    assert not due_again(lost)


def test_a_card_that_says_tls_and_speaks_none_is_asked_again_later(
    lost: Disk, card: Card, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Card, "address", property(lambda self: f"rtsps://127.0.0.1:{self.port}/card/1?x=y"))
    fetch(lost)
    assert fetched(lost) == []
    assert not plays(card)
    assert due_again(lost)
