"""The bureau's key file, and which process may be told of it."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as other_kind
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infra.cosigning import FileCosigner, UnusableKey, create_bureau_key
from infra.settings import BadSettings, Process, Settings
from infra.signing import BadSignature, check
from tests.infra.test_deploy import environment

pytestmark = pytest.mark.req("DR-06")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    create_bureau_key(tmp_path / "bureau.key")
    return tmp_path / "bureau.key"


def pem(key: object, encryption: serialization.KeySerializationEncryption | None = None) -> bytes:
    return key.private_bytes(  # type: ignore[attr-defined, no-any-return]
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption or serialization.NoEncryption()
    )


def test_its_signature_is_checked_with_its_id(path: Path) -> None:
    cosigner = FileCosigner(path)
    signature = cosigner.sign(b"statement")
    check(cosigner.key_id, b"statement", signature)
    with pytest.raises(BadSignature):
        check(cosigner.key_id, b"another", signature)


def test_it_is_never_written_over_and_nobody_else_may_read_it(path: Path) -> None:
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        create_bureau_key(path)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_may_read_is_refused(path: Path, mode: int) -> None:
    path.chmod(mode)
    with pytest.raises(UnusableKey, match="chmod 600"):
        FileCosigner(path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "does not hold a private key"),
        (b"00" * 32, "does not hold a private key"),
        (pem(other_kind(SECP256R1())), "another kind"),
        (pem(Ed25519PrivateKey.generate(), serialization.BestAvailableEncryption(b"x")), "without passphrase"),
    ],
    ids=["empty", "hex", "another kind", "with a passphrase"],
)
def test_what_is_not_such_a_key_is_refused(path: Path, content: bytes, reason: str) -> None:
    path.write_bytes(content)
    with pytest.raises(UnusableKey, match=reason):
        FileCosigner(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableKey, match="cannot be read"):
        FileCosigner(tmp_path / "absent.key")


@pytest.mark.parametrize("process", sorted(set(Process) - {Process.WORKER}))
def test_no_process_but_the_worker_may_be_told_of_it(process: Process) -> None:
    with pytest.raises(BadSettings, match="BUREAU_KEY_FILE must not be given"):
        Settings.from_env(process, environment(process) | {"SHOUYUAN_BUREAU_KEY_FILE": "/etc/shouyuan/bureau.key"})


def test_a_worker_starts_with_it_and_without_it() -> None:
    told = environment(Process.WORKER)
    assert Settings.from_env(Process.WORKER, told).bureau_key_file == Path("/etc/shouyuan/bureau.key")
    told.pop("SHOUYUAN_BUREAU_KEY_FILE")
    assert Settings.from_env(Process.WORKER, told).bureau_key_file is None
