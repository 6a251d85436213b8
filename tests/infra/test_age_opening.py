"""Age files that other programs made, opened as they arrive; and whatever was changed is found."""

import io
import subprocess
from pathlib import Path

import pyrage
import pytest

from infra import age
from infra.age_format import SALT_BYTES

CHUNK, TAG = 1 << 16, 16
SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 16 * CHUNK, 16 * CHUNK + 1, 35 * CHUNK + 7]
pytestmark = pytest.mark.req("KH-6-5b")


def of_size(size: int) -> bytes:
    return (bytes(range(251)) * (size // 251 + 1))[:size]


def peers(plain: bytes, *keys: age.Identity) -> bytes:
    """As the Rust implementation writes it."""
    made: bytes = pyrage.encrypt(plain, [pyrage.x25519.Recipient.from_str(key.recipient) for key in keys])
    return made


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("portion", [1000, CHUNK + TAG, 1 << 20])
def test_any_length_arrives_in_any_portions(size: int, portion: int) -> None:
    key, plain, given = age.new_identity(age.Kind.CLASSIC), of_size(size), io.BytesIO()
    cipher = peers(plain, key)

    with age.opening(key.secret, given.write) as arriving:
        for at in range(0, len(cipher), portion):
            arriving.write(cipher[at : at + portion])

    assert given.getvalue() == plain


def test_each_chunk_is_given_on_as_soon_as_one_more_byte_has_come() -> None:
    key, given = age.new_identity(age.Kind.CLASSIC), io.BytesIO()
    cipher = peers(bytes(3 * CHUNK), key)
    header = len(cipher) - 3 * (CHUNK + TAG)

    with age.opening(key.secret, given.write) as arriving:
        arriving.write(cipher[: header + CHUNK + TAG])
        assert given.tell() == 0, "it may be the last one"
        arriving.write(cipher[header + CHUNK + TAG :][:1])
        assert given.tell() == CHUNK
        arriving.write(cipher[header + CHUNK + TAG :][1:])


def test_it_is_opened_by_each_of_several_recipients_and_by_nobody_else() -> None:
    one, two, other = (age.new_identity(age.Kind.CLASSIC) for _ in range(3))
    cipher = peers(b"plain", one, two)

    assert age.decrypt(cipher, one.secret) == age.decrypt(cipher, two.secret) == b"plain"
    with pytest.raises(age.CannotDecrypt):
        age.decrypt(cipher, other.secret)


@pytest.mark.parametrize("kind", age.Kind)
def test_the_key_of_one_file_is_in_its_head_and_opens_no_other_of_the_same_recipient(kind: age.Kind) -> None:
    key = age.new_identity(kind)
    one, two = age.encrypt(of_size(3 * CHUNK), key.recipient), age.encrypt(of_size(9), key.recipient)
    of_one, given = age.file_key(one[:4096], key.secret), io.BytesIO()
    with age.opening(of_one, given.write) as arriving:
        arriving.write(one)
    assert given.getvalue() == of_size(3 * CHUNK)
    assert of_one.secret.hex() not in repr(of_one)
    with pytest.raises(age.CannotDecrypt), age.opening(of_one, given.write) as arriving:
        arriving.write(two)
    for head, secret in (
        (one[:4096], age.new_identity(kind).secret),
        (one[:100], key.secret),
        (b"no file", key.secret),
    ):
        with pytest.raises(age.CannotDecrypt):
            age.file_key(head, secret)


def test_every_changed_byte_is_found() -> None:
    key = age.new_identity(age.Kind.CLASSIC)
    cipher = peers(b"plain", key)
    for at in range(len(cipher)):
        changed = bytearray(cipher)
        changed[at] ^= 1
        with pytest.raises(age.CannotDecrypt):
            age.decrypt(bytes(changed), key.secret)


@pytest.mark.parametrize("chunk", [0, 1, 2])
@pytest.mark.parametrize("within", [0, CHUNK + TAG - 1])
def test_a_changed_byte_is_found_in_any_chunk(chunk: int, within: int) -> None:
    key = age.new_identity(age.Kind.CLASSIC)
    changed = bytearray(peers(of_size(3 * CHUNK), key))
    changed[len(changed) - (3 - chunk) * (CHUNK + TAG) + within] ^= 1
    with pytest.raises(age.CannotDecrypt, match=f"chunk {chunk} "):
        age.decrypt(bytes(changed), key.secret)


def test_every_file_that_was_cut_off_is_found() -> None:
    key = age.new_identity(age.Kind.CLASSIC)
    cipher = peers(b"plain", key)
    for end in range(len(cipher)):
        with pytest.raises(age.CannotDecrypt):
            age.decrypt(cipher[:end], key.secret)


@pytest.mark.parametrize("at", [0, 1, 2])
def test_no_chunk_can_be_left_out_exchanged_or_added(at: int) -> None:
    key = age.new_identity(age.Kind.CLASSIC)
    cipher = peers(of_size(3 * CHUNK), key)
    header, size = len(cipher) - 3 * (CHUNK + TAG), CHUNK + TAG
    chunks = [cipher[start : start + size] for start in range(header, len(cipher), size)]
    left_out, added = chunks[:at] + chunks[at + 1 :], [*chunks, chunks[at]]
    for others in (left_out, added, [*chunks, bytes(TAG)], [*chunks[1:], chunks[0]]):
        with pytest.raises(age.CannotDecrypt):
            age.decrypt(cipher[:header] + b"".join(others), key.secret)


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"not an age file",
        b"age-encryption.org/v2\n-> X25519 a\na\n--- a\n",
        b"age-encryption.org/v1\n--- a\n",
        b"age-encryption.org/v1\n-> X25519 \n\n--- a\n",
        b"age-encryption.org/v1\n-> X25519 " + b"A" * 43 + b"\n" + b"A" * 43 + b"\n--- a\n",
        b"age-encryption.org/v1\n" + b"-> grease\n\n" * 5000 + b"--- a\n",
    ],
)
def test_what_is_no_age_file_opens_nothing(header: bytes) -> None:
    with pytest.raises(age.CannotDecrypt):
        age.decrypt(header + bytes(SALT_BYTES + TAG), age.new_identity(age.Kind.CLASSIC).secret)


@pytest.mark.needs("age")
def test_what_debians_age_wrote_is_opened(tmp_path: Path) -> None:
    key, plain = age.new_identity(age.Kind.CLASSIC), b"film" * CHUNK
    command = ["age", "-r", key.recipient]
    made = subprocess.run(command, input=plain, check=True, capture_output=True, cwd=tmp_path).stdout  # noqa: S603

    assert age.decrypt(made, key.secret) == plain
