"""What is sealed while it is sent, opened by other programs that know nothing of ours."""

import io
import subprocess
from pathlib import Path

import pyrage
import pytest

from infra import age
from infra.age_envelopes import Envelope, to_any_of, to_recipient, under_passphrase
from infra.age_keys import NoRecipient, check_recipient

pytestmark = pytest.mark.req("KH-6-5b")
CHUNK = 1 << 16
WORDS = "0123-4567-8901-2345-6789-0123"


def sealed(envelope: Envelope, plain: bytes) -> bytes:
    made = b"".join(envelope.of(io.BytesIO(plain)))
    assert len(made) == envelope.size(len(plain)), "the length is said before the first byte leaves"
    return made


def opened(made: bytes, key: age.Identity) -> bytes:
    plain: bytes = pyrage.decrypt(made, [pyrage.x25519.Identity.from_str(key.secret)])
    return plain


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 16 * CHUNK, 16 * CHUNK + 1, 35 * CHUNK + 7])
def test_any_length_comes_out_as_it_went_in(size: int) -> None:
    key, plain = age.new_identity(age.Kind.CLASSIC), bytes(range(251)) * (size // 251 + 1)
    plain = plain[:size]

    assert opened(sealed(to_recipient(key.recipient), plain), key) == plain


def test_it_is_sent_a_mebibyte_at_a_time() -> None:
    key = age.new_identity(age.Kind.CLASSIC)
    sizes = [len(chunk) for chunk in to_recipient(key.recipient).of(io.BytesIO(bytes(40 * CHUNK)))]

    assert len(sizes) == 4, "the header, and three times at most sixteen chunks"
    assert max(sizes) == 16 * (CHUNK + 16)


@pytest.mark.parametrize("at", [30, -1, -CHUNK])
def test_a_changed_byte_opens_nothing(at: int) -> None:
    key = age.new_identity(age.Kind.CLASSIC)
    changed = bytearray(sealed(to_recipient(key.recipient), bytes(3 * CHUNK)))
    changed[at] ^= 1

    with pytest.raises(pyrage.DecryptError):
        opened(bytes(changed), key)


def test_only_the_recipient_opens_it() -> None:
    key, other = age.new_identity(age.Kind.CLASSIC), age.new_identity(age.Kind.CLASSIC)
    with pytest.raises(pyrage.DecryptError):
        opened(sealed(to_recipient(key.recipient), b"plain"), other)


@pytest.mark.req("DR-18", "KH-5-1a")
def test_what_is_sealed_for_several_each_opens_and_another_header_leaves_it_to_one() -> None:
    keys, other, plain = (
        [age.new_identity(age.Kind.CLASSIC) for _each in range(3)],
        age.new_identity(age.Kind.CLASSIC),
        b"film" * CHUNK,
    )
    envelope = to_any_of([key.recipient for key in keys])
    made = sealed(envelope, plain)
    assert all(opened(made, key) == plain for key in keys)
    with pytest.raises(pyrage.DecryptError):
        opened(made, other)
    alone = envelope.header_for(other.recipient) + made[len(envelope.header) :]
    assert opened(alone, other) == plain
    with pytest.raises(pyrage.DecryptError):
        opened(alone, keys[0])


def test_only_the_passphrase_opens_it() -> None:
    made = sealed(under_passphrase(WORDS), bytes(2 * CHUNK))

    assert pyrage.passphrase.decrypt(made, WORDS) == bytes(2 * CHUNK)
    with pytest.raises(pyrage.DecryptError):
        pyrage.passphrase.decrypt(made, WORDS.replace("-", ""))


@pytest.mark.needs("age")
def test_debians_age_opens_both(tmp_path: Path) -> None:
    key, plain = age.new_identity(age.Kind.CLASSIC), b"film" * CHUNK
    (tmp_path / "key.txt").write_text(key.secret)
    (tmp_path / "key.age").write_bytes(sealed(to_recipient(key.recipient), plain))
    (tmp_path / "words.age").write_bytes(sealed(under_passphrase(WORDS), plain))

    opened = subprocess.run(
        ["age", "-d", "-i", "key.txt", "key.age"],  # noqa: S607 - Debian's
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )

    assert opened.stdout == plain
    assert typed(WORDS, tmp_path).returncode == 0
    assert (tmp_path / "opened").read_bytes() == plain
    (tmp_path / "opened").unlink()
    assert typed("9" + WORDS[1:], tmp_path).returncode != 0
    assert not (tmp_path / "opened").exists()


def typed(passphrase: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """`age -d` as somebody at a terminal, which it insists on for a passphrase."""
    command = ["script", "-qec", "age -d -o opened words.age", "/dev/null"]
    return subprocess.run(  # noqa: S603 - our own words
        command, cwd=folder, input=f"{passphrase}\n", capture_output=True, text=True, check=False
    )


def test_only_a_public_key_of_age_is_one() -> None:
    key = age.new_identity(age.Kind.CLASSIC)
    check_recipient(key.recipient)
    changed = key.recipient[:-1] + ("q" if key.recipient[-1] != "q" else "p")
    for text in (key.secret, key.recipient.upper(), f"{key.recipient} ", changed, "age1", "ssh-ed25519 AAAA", ""):
        with pytest.raises(NoRecipient):
            check_recipient(text)
