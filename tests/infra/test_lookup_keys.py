"""The secret of lookups: its file, what is derived from it, and that it never shows."""

from pathlib import Path
from uuid import UUID

import pytest

from infra.lookup_keys import LookupSecret, UnusableLookupKey, create_lookup_key, read_lookup_secret

K1 = UUID("6f0f3b0e-0000-4000-8000-000000000001")


def written(path: Path, text: str, mode: int = 0o600) -> Path:
    path.write_text(text, encoding="ascii")
    path.chmod(mode)
    return path


def test_a_made_secret_is_read_again_and_each_is_another(tmp_path: Path) -> None:
    secrets = []
    for name in ("a", "b"):
        create_lookup_key(tmp_path / name)
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
        assert read_lookup_secret(tmp_path / name) == read_lookup_secret(tmp_path / name)
        secrets.append(read_lookup_secret(tmp_path / name))
    assert secrets[0] != secrets[1]


def test_a_secret_is_never_overwritten(tmp_path: Path) -> None:
    create_lookup_key(tmp_path / "key")
    with pytest.raises(FileExistsError):
        create_lookup_key(tmp_path / "key")


@pytest.mark.parametrize(
    ("text", "mode", "fault"),
    [
        ("ab" * 32, 0o640, "chmod 600"),
        ("ab" * 32, 0o604, "chmod 600"),
        ("ab" * 31, 0o600, "256 bits"),
        ("", 0o600, "256 bits"),
        ("CHANGE-ME", 0o600, "openssl rand -hex 32"),
    ],
)
def test_a_file_that_is_no_secret_is_refused_with_what_to_do(tmp_path: Path, text: str, mode: int, fault: str) -> None:
    with pytest.raises(UnusableLookupKey, match=fault) as refused:
        read_lookup_secret(written(tmp_path / "key", text, mode))
    assert not text or text not in str(refused.value)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnusableLookupKey, match="cannot be read"):
        read_lookup_secret(tmp_path / "none")


@pytest.mark.req("DR-22")
def test_what_is_derived_stays_the_same_over_releases_and_differs_by_purpose(tmp_path: Path) -> None:
    secret = read_lookup_secret(written(tmp_path / "key", "00" * 32 + "\n"))

    # A change of this value would lose every stored search key.
    assert secret.key(tenant_id=K1, purpose="identity_number").digest("national", "X") == (
        "df6776b6cb9b9bbad8df9007a9d0e1b00ba809ba6c089bd51539424656bac3f3"
    )
    assert secret.key(tenant_id=K1, purpose="phone") != secret.key(tenant_id=K1, purpose="identity_number")


@pytest.mark.req("DR-22")
def test_neither_secret_nor_key_shows_itself() -> None:
    secret = LookupSecret(b"\xabsecret" * 8)
    assert "secret'" not in repr(secret)
    assert "\\xab" not in repr(secret) + repr(secret.key(tenant_id=K1, purpose="p"))
    assert "b'" not in repr(secret.key(tenant_id=K1, purpose="p"))
