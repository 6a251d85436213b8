"""The post-quantum kind of key: what we seal another program opens, and the reverse; and the kinds are never mixed."""

import hashlib
import io
import subprocess

import pytest

from infra import age, bech32
from infra.age import Kind
from infra.age_envelopes import to_any_of, to_recipient
from infra.age_keys import MixedRecipients, NoRecipient, check_recipient, kind_of, name_of
from tests import age_peer
from tests.infra.test_age_envelopes import sealed
from tests.infra.test_age_opening import of_size

pytestmark = pytest.mark.req("KH-5-1a")
CHUNK = 1 << 16
_NO_BECH32 = r"bech32|checksum|letter"
SIZES = [0, 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7]
# What a box may hold at once: a week of cards, and from yesterday until two weeks from now.
DAYS = 22


@pytest.fixture(scope="module")
def key() -> age.Identity:
    return age.new_identity(Kind.HYBRID)


@pytest.fixture(scope="module")
def other() -> age.Identity:
    return age.new_identity(Kind.HYBRID)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("portion", [1000, 1 << 20])
def test_any_length_arrives_in_any_portions(key: age.Identity, size: int, portion: int) -> None:
    plain, given, envelope = of_size(size), io.BytesIO(), to_recipient(key.recipient)
    cipher = sealed(envelope, plain)

    with age.opening(key.secret, given.write) as arriving:
        for at in range(0, len(cipher), portion):
            arriving.write(cipher[at : at + portion])

    assert given.getvalue() == plain


@pytest.mark.needs("age-encryption")
@pytest.mark.parametrize("size", SIZES)
def test_ages_own_author_opens_ours_and_we_open_his(key: age.Identity, other: age.Identity, size: int) -> None:
    plain = of_size(size)
    assert age_peer.decrypt(age.encrypt(plain, key.recipient), key.secret) == plain
    theirs = age_peer.encrypt(plain, other.recipient, key.recipient)
    assert age.decrypt(theirs, key.secret) == age.decrypt(theirs, other.secret) == plain


@pytest.mark.needs("age-encryption")
def test_both_spell_keys_alike(key: age.Identity) -> None:
    assert age_peer.recipient_of(key.secret) == key.recipient
    secret, recipient = age_peer.new_identity()
    check_recipient(recipient)
    assert kind_of(recipient) is Kind.HYBRID
    assert age_peer.decrypt(age.encrypt(b"plain", recipient), secret) == b"plain"
    assert age.decrypt(age_peer.encrypt(b"plain", recipient), secret) == b"plain"


@pytest.mark.needs("age-encryption")
def test_for_many_keys_at_once_the_header_is_still_one(other: age.Identity) -> None:
    keys, plain = [age.new_identity(Kind.HYBRID) for _day in range(DAYS)], b"film" * CHUNK
    envelope = to_any_of([key.recipient for key in keys])
    made = sealed(envelope, plain)
    assert DAYS * 1557 < len(envelope.header) < DAYS * 1557 + 100
    assert all(age.decrypt(made, key.secret) == plain for key in keys)
    assert age_peer.decrypt(made, keys[-1].secret) == plain
    with pytest.raises(age.CannotDecrypt):
        age.decrypt(made, other.secret)
    alone = envelope.header_for(other.recipient) + made[len(envelope.header) :]
    assert age.decrypt(alone, other.secret) == plain
    with pytest.raises(age.CannotDecrypt):
        age.decrypt(alone, keys[0].secret)


def test_only_this_key_opens_it_and_no_classic_one(key: age.Identity, other: age.Identity) -> None:
    classic = age.new_identity(Kind.CLASSIC)
    for stranger in (other, classic):
        with pytest.raises(age.CannotDecrypt):
            age.decrypt(age.encrypt(b"plain", key.recipient), stranger.secret)
    with pytest.raises(age.CannotDecrypt):
        age.decrypt(age.encrypt(b"plain", classic.recipient), key.secret)
    with pytest.raises(age.CannotDecrypt):
        age.decrypt(age.encrypt(b"plain", key.recipient), "AGE-SECRET-KEY-PQ-1QQQ")


def test_every_changed_byte_is_found(key: age.Identity) -> None:
    cipher = age.encrypt(b"plain", key.recipient)
    for at in range(len(cipher)):
        changed = bytearray(cipher)
        changed[at] ^= 1
        with pytest.raises(age.CannotDecrypt):
            age.decrypt(bytes(changed), key.secret)


def test_every_file_that_was_cut_off_is_found(key: age.Identity) -> None:
    cipher = age.encrypt(b"plain", key.recipient)
    for end in range(0, len(cipher), 7):
        with pytest.raises(age.CannotDecrypt):
            age.decrypt(cipher[:end], key.secret)


@pytest.mark.parametrize("words", ["", " " + "A" * 1494 + " A", " " + "A" * 1490, " " + "é" * 1494])
def test_a_stanza_that_cannot_be_one_opens_nothing(key: age.Identity, words: str) -> None:
    header = f"age-encryption.org/v1\n-> mlkem768x25519{words}\n{'A' * 43}\n--- a\n".encode()
    with pytest.raises(age.CannotDecrypt):
        age.decrypt(header + bytes(48), key.secret)


def test_the_two_kinds_are_never_in_one_file(key: age.Identity) -> None:
    classic = age.new_identity(Kind.CLASSIC)
    for both in ([key, classic], [classic, key], [classic, classic, key]):
        with pytest.raises(MixedRecipients):
            to_any_of([one.recipient for one in both])
    for made_for, wanted in ((key, classic), (classic, key)):
        with pytest.raises(MixedRecipients):
            to_recipient(made_for.recipient).header_for(wanted.recipient)


@pytest.mark.needs("age-encryption")
def test_one_content_may_have_a_header_for_each_kind_and_each_opens_it_alone(key: age.Identity) -> None:
    classic, plain = age.new_identity(Kind.CLASSIC), of_size(CHUNK + 1)
    envelope = to_recipient(classic.recipient)
    made = sealed(envelope, plain)
    other = envelope.header_of_other_kind([key.recipient]) + made[len(envelope.header) :]
    for file, opens, stranger in ((made, classic, key), (other, key, classic)):
        assert age.decrypt(file, opens.secret) == plain
        with pytest.raises(age.CannotDecrypt):
            age.decrypt(file, stranger.secret)
    assert age_peer.decrypt(other, key.secret) == plain
    for wanted in ([classic.recipient], [classic.recipient, key.recipient]):
        with pytest.raises(MixedRecipients):
            envelope.header_of_other_kind(wanted)


def test_who_made_a_file_opens_it_while_its_key_is_at_hand(key: age.Identity) -> None:
    envelope, plain, given = to_recipient(key.recipient), of_size(2 * CHUNK + 1), io.BytesIO()
    opening = envelope.opening(given.write)
    for portion in envelope.of(io.BytesIO(plain)):
        opening.write(portion)
    opening.finish()
    assert given.getvalue() == plain


def test_only_ages_own_spelling_is_a_key(key: age.Identity) -> None:
    check_recipient(key.recipient)
    prefix, public = bech32.decoded(key.recipient)
    assert (prefix, len(public), len(key.recipient)) == ("age1pq", 1216, 1959)
    middle = key.recipient[:900] + ("q" if key.recipient[900] != "q" else "p") + key.recipient[901:]
    classic = bech32.decoded(age.new_identity(Kind.CLASSIC).recipient)[1]
    wrong = [key.secret, key.recipient.upper(), f"{key.recipient} ", key.recipient[:-1], middle, "age1pq1"]
    wrong += [bech32.encoded("age1pq", public[:-1]), bech32.encoded("age1pq", public + b"\0"), name_of(key.recipient)]
    wrong += [bech32.encoded("age", public), bech32.encoded("age1pq", classic), bech32.encoded("age1tagpq", public)]
    # The half that is ML-KEM holds numbers below 3,329, and nothing else.
    wrong += [bech32.encoded("age1pq", b"\xff" * 1216)]
    for text in wrong:
        with pytest.raises(NoRecipient):
            check_recipient(text)


def test_a_key_of_low_order_is_none(key: age.Identity) -> None:
    weak = bech32.encoded("age1pq", bech32.decoded(key.recipient)[1][:-32] + bytes(32))
    with pytest.raises(NoRecipient):
        to_recipient(weak)


def test_nothing_of_a_secret_is_in_what_a_log_would_show() -> None:
    for kind in Kind:
        made = age.new_identity(kind)
        assert made.secret not in repr(made)
        assert made.recipient in repr(made)


@pytest.mark.needs("age-encryption")
def test_the_peer_refuses_what_is_not_its_own_too(key: age.Identity, other: age.Identity) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        age_peer.decrypt(age.encrypt(b"plain", other.recipient), key.secret)


def test_a_name_is_short_and_only_a_hybrid_key_has_one(key: age.Identity, other: age.Identity) -> None:
    classic = age.new_identity(Kind.CLASSIC).recipient
    assert name_of(classic) == classic
    name = name_of(key.recipient)
    assert (name[:7], len(name)) == ("age1pq-", 47)
    said_by_sha256sum = hashlib.sha256(f"{key.recipient}\n".encode()).hexdigest()
    assert said_by_sha256sum.startswith(name[7:]), "whoever holds the key tells the name without us"
    assert name != name_of(other.recipient)
    assert name_of(name) == name, "of a name the name itself"
    assert (kind_of(name), kind_of(classic)) == (Kind.HYBRID, Kind.CLASSIC)


@pytest.mark.parametrize(
    "text", ["", "1qqqqqq", "age1", "age1qqqqq", "Age1qqqqqqqq", "age1bbbbbbbb", "age1\u1e9eqqqqqqq", "agexyz"]
)
def test_what_is_no_bech32_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=_NO_BECH32):
        bech32.decoded(text)


def test_the_texts_of_bip_173_are_read_as_it_says() -> None:
    assert bech32.decoded("A12UEL5L") == ("a", b"")
    text = "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw"
    assert bech32.decoded(text) == ("abcdef", bytes.fromhex("00443214c74254b635cf84653a56d7c675be77df"))
    assert bech32.encoded(*bech32.decoded(text)) == text
    for wrong in ("A1G7SGD8", "x1b4n0q5v", "de1lg7wt\xff", "10a06t8"):
        with pytest.raises(ValueError, match=_NO_BECH32):
            bech32.decoded(wrong)
