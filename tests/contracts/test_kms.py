"""One contract for every kind of ring that holds master keys, each over the real thing."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from infra.kms import (
    AwsKms,
    BadKeyFile,
    CannotUnwrap,
    FileKms,
    KeyInUse,
    KmsUnavailable,
    RingKms,
    chosen,
    create_master_key,
    key_id_of,
)
from infra.settings import KmsSettings
from infra.stack.key_service import KeyService

CONTEXT = "day_key:k1:2026-11-05:14"


@pytest.fixture(scope="session")
def key_service(room: Path) -> Iterator[KeyService]:
    server = KeyService(room / "key-service")
    yield server
    server.stop()


@dataclass(frozen=True)
class Kind:
    """One kind: its settings, and how another process reads the same file."""

    name: str
    settings: KmsSettings

    def ring(self) -> RingKms:
        return chosen(self.settings)


@pytest.fixture(params=["file", "aws"])
def kind(request: pytest.FixtureRequest, tmp_path: Path) -> Kind:
    path = tmp_path / "master.key"
    if request.param == "file":
        create_master_key(path)
        return Kind("file", KmsSettings(file=path))
    service: KeyService = request.getfixturevalue("key_service")
    settings = service.settings(path)
    AwsKms(settings).add()
    return Kind("aws", settings)


@pytest.fixture
def ring(kind: Kind) -> RingKms:
    return kind.ring()


@pytest.mark.req("DR-05")
def test_what_was_wrapped_opens_under_its_own_context_only(ring: RingKms) -> None:
    wrapped = ring.wrap(b"secret", context=CONTEXT)
    assert b"secret" not in wrapped
    assert ring.unwrap(wrapped, context=CONTEXT) == b"secret"
    assert ring.wrap(b"secret", context=CONTEXT) != wrapped
    with pytest.raises(CannotUnwrap):
        ring.unwrap(wrapped, context=CONTEXT.replace("14", "30"))


def test_every_changed_byte_is_found(ring: RingKms) -> None:
    wrapped = ring.wrap(b"secret", context=CONTEXT)
    for place in range(len(wrapped)):
        changed = wrapped[:place] + bytes([wrapped[place] ^ 1]) + wrapped[place + 1 :]
        with pytest.raises(CannotUnwrap):
            ring.unwrap(changed, context=CONTEXT)
    for short in (b"", wrapped[:8], wrapped[:-1]):
        with pytest.raises(CannotUnwrap):
            ring.unwrap(short, context=CONTEXT)


def test_another_ring_opens_nothing(ring: RingKms, tmp_path: Path) -> None:
    create_master_key(tmp_path / "other.key")
    with pytest.raises(CannotUnwrap, match="not in the ring"):
        FileKms(tmp_path / "other.key").unwrap(ring.wrap(b"secret", context=CONTEXT), context=CONTEXT)


@pytest.mark.req("DR-05")
def test_a_new_key_opens_only_until_it_is_told_to_wrap_and_the_old_one_opens_until_it_is_retired(
    kind: Kind, ring: RingKms
) -> None:
    elsewhere = kind.ring()
    old, first = ring.key_id, ring.wrap(b"first", context=CONTEXT)
    new = ring.add()
    assert (ring.key_ids(), ring.key_id) == ([old, new], old)
    assert key_id_of(ring.wrap(b"x", context=CONTEXT)) == old
    ring.use(new)
    second = ring.wrap(b"second", context=CONTEXT)
    assert (key_id_of(first), key_id_of(second)) == (old, new)
    assert elsewhere.unwrap(second, context=CONTEXT) == b"second", "a running process reads the changed file"
    assert elsewhere.unwrap(first, context=CONTEXT) == b"first"
    with pytest.raises(KeyInUse):
        ring.retire(new)
    again = ring.rewrap([(first, CONTEXT)])[0]
    ring.retire(old)
    assert elsewhere.unwrap(again, context=CONTEXT) == b"first"
    with pytest.raises(CannotUnwrap, match=old):
        elsewhere.unwrap(first, context=CONTEXT)
    for act in (ring.use, ring.retire):
        with pytest.raises(CannotUnwrap, match="not in the ring"):
            act(old)


def test_a_key_is_known_by_itself_and_not_by_its_file(kind: Kind, ring: RingKms, tmp_path: Path) -> None:
    wrapped = ring.wrap(b"secret", context=CONTEXT)
    moved = tmp_path / "elsewhere.key"
    moved.write_bytes(kind.settings.file.read_bytes())
    moved.chmod(0o600)
    same = chosen(replace(kind.settings, file=moved))
    assert same.key_id == ring.key_id
    assert same.unwrap(wrapped, context=CONTEXT) == b"secret"


def test_a_change_that_died_half_way_blocks_the_next_and_breaks_nothing(kind: Kind, ring: RingKms) -> None:
    Path(f"{kind.settings.file}.new").touch()
    held = ring.key_ids()
    with pytest.raises(BadKeyFile, match="look, and remove it"):
        ring.add()
    assert kind.ring().key_ids() == held


def test_a_file_that_others_may_read_or_that_is_none_opens_nothing(kind: Kind, ring: RingKms) -> None:
    wrapped = ring.wrap(b"secret", context=CONTEXT)
    good = kind.settings.file.read_text(encoding="ascii")
    kind.settings.file.chmod(0o640)
    _refused(kind, wrapped)
    kind.settings.file.chmod(0o600)
    for bad in ("", "not a key\n", "00ff\n", good * 2, "é\n"):
        kind.settings.file.write_text(bad, encoding="latin-1")
        _refused(kind, wrapped)
    kind.settings.file.unlink()
    with pytest.raises(KmsUnavailable):
        kind.ring().unwrap(wrapped, context=CONTEXT)


def _refused(kind: Kind, wrapped: bytes) -> None:
    with pytest.raises(BadKeyFile, match=str(kind.settings.file)):
        kind.ring().unwrap(wrapped, context=CONTEXT)


def test_a_file_of_master_keys_is_for_its_owner_and_never_overwritten(kind: Kind, ring: RingKms) -> None:
    before, first = kind.settings.file.read_text(encoding="ascii"), ring.key_id
    with pytest.raises(FileExistsError):
        create_master_key(kind.settings.file)
    assert kind.settings.file.read_text(encoding="ascii") == before
    ring.add()
    assert kind.settings.file.read_text(encoding="ascii").startswith(before)
    assert ring.key_id == first
    assert kind.settings.file.stat().st_mode & 0o777 == 0o600
    assert kind.settings.file.stat().st_uid == os.getuid()


class TestAws:
    """What only the service can do wrong."""

    @pytest.fixture
    def settings(self, key_service: KeyService, tmp_path: Path) -> KmsSettings:
        made = key_service.settings(tmp_path / "aws.key")
        AwsKms(made).add()
        return made

    def test_the_file_alone_holds_no_key(self, settings: KmsSettings) -> None:
        with pytest.raises(BadKeyFile):
            FileKms(settings.file)

    def test_after_the_alias_names_another_key_the_ring_still_opens_and_takes_one_under_it(
        self, settings: KmsSettings, key_service: KeyService
    ) -> None:
        ring = AwsKms(settings)
        wrapped = ring.wrap(b"secret", context=CONTEXT)
        key_service.point_alias_to(key_service.new_key())
        new = ring.add()
        one, other = settings.file.read_text(encoding="ascii").splitlines()
        assert one.split()[0] != other.split()[0]
        again = AwsKms(settings)
        assert again.unwrap(wrapped, context=CONTEXT) == b"secret"
        assert new in again.key_ids()

    def test_a_data_key_that_was_changed_never_opens(self, settings: KmsSettings) -> None:
        arn, blob = settings.file.read_text(encoding="ascii").split()
        settings.file.write_text(f"{arn} {blob[:-8]}AAAA{blob[-4:]}\n", encoding="ascii")
        with pytest.raises(CannotUnwrap):
            _ = AwsKms(settings).key_id

    def test_one_call_opens_thousands(self, settings: KmsSettings, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[str] = []
        real = AwsKms._opened  # noqa: SLF001 - the one place that speaks to the service
        monkeypatch.setattr(AwsKms, "_opened", lambda self, line: asked.append(line) or real(self, line))
        ring = AwsKms(settings)
        wrapped = [ring.wrap(b"secret", context=str(number)) for number in range(2000)]
        assert all(ring.unwrap(one, context=str(number)) == b"secret" for number, one in enumerate(wrapped))
        assert len(asked) == 1

    @pytest.mark.req("DR-05")
    def test_a_service_that_is_away_opens_nothing_and_is_asked_again(
        self, settings: KmsSettings, key_service: KeyService
    ) -> None:
        away = AwsKms(replace(settings, endpoint="http://127.0.0.1:9"))
        for _ in range(2):
            with pytest.raises(KmsUnavailable):
                away.wrap(b"secret", context=CONTEXT)
        back = AwsKms(replace(settings, endpoint=key_service.endpoint))
        assert back.unwrap(back.wrap(b"secret", context=CONTEXT), context=CONTEXT) == b"secret"

    def test_opened_keys_are_forgotten_so_that_revoking_them_at_the_service_ends_every_opening(
        self, tmp_path: Path
    ) -> None:
        service = KeyService(tmp_path / "another")
        own = service.settings(tmp_path / "own.key")
        AwsKms(own).add()
        patient, forgetful = AwsKms(own), AwsKms(own, hold_seconds=0)
        wrapped = patient.wrap(b"secret", context=CONTEXT)
        assert forgetful.unwrap(wrapped, context=CONTEXT) == b"secret"
        service.stop()
        assert patient.unwrap(wrapped, context=CONTEXT) == b"secret", "within its time it needs nobody"
        with pytest.raises(KmsUnavailable):
            forgetful.unwrap(wrapped, context=CONTEXT)

    def test_a_key_that_the_service_does_not_know_is_no_word_about_footage(self, settings: KmsSettings) -> None:
        with pytest.raises(KmsUnavailable, match="NotFoundException"):
            AwsKms(replace(settings, aws_key="alias/none")).add()
