"""The night looks at the store as a whole, and the operator's page tells what it found (KH-5-1a, DR-03)."""

import pytest

from infra.db import db
from infra.lifecycle import ExpiryRule, Exposure, NoLifecycle
from infra.tenancy import Binding, bind
from tenants.platform.models import StoreCheck
from tenants.retention.store_rules import wanted
from tests.factories.evidence import Archive
from tests.factories.people import bureau
from workers import storage_jobs

OURS = wanted([14])


class Live:
    """A bucket with our rules, or with none where the store knows none; open or shut."""

    def __init__(self, *exposed: Exposure, rules: list[ExpiryRule] | None = OURS) -> None:
        self.exposed, self.rules = frozenset(exposed), rules

    def read(self) -> list[ExpiryRule]:
        if self.rules is None:
            raise NoLifecycle
        return self.rules

    def exposures(self, *, key: str | None) -> frozenset[Exposure]:
        assert key is None or key.startswith("seg/")
        return self.exposed

    def is_versioned(self) -> bool:
        return False

    def default_lock(self) -> str:
        return ""


@pytest.mark.req("KH-5-1a", "TY-4-1a", "DR-03")
@pytest.mark.parametrize(
    ("live", "told"),
    [
        (Live(), []),
        (Live(Exposure.LISTED), ["任何人不必帳號即可列出"]),
        (Live(Exposure.READ), ["任何人不必帳號即可下載"]),
        (Live(rules=[]), ["沒有到期規則"]),
    ],
    ids=["whole", "listed", "read", "no rules"],
)
def test_what_is_wrong_with_the_store_stands_on_the_operators_page(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, live: Live, told: list[str]
) -> None:
    assert archive
    bureau_id = bureau()
    monkeypatch.setattr(storage_jobs, "bucket_rules", lambda: live)
    storage_jobs.check_store(tenant_id=str(bureau_id))
    bind(db.session, Binding(tenant_id=bureau_id))
    kept = db.session.get_one(StoreCheck, bureau_id).faults
    assert [any(words in fault for fault in kept or []) for words in told] == [True] * len(told)
    assert bool(kept) is bool(told)


@pytest.mark.req("KH-5-1a")
def test_a_store_without_rules_that_was_shut_again_is_not_told_to_be_open(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert archive
    bureau_id = bureau()
    for live in (Live(Exposure.READ, rules=None), Live(rules=None)):
        monkeypatch.setattr(storage_jobs, "bucket_rules", lambda live=live: live)
        storage_jobs.check_store(tenant_id=str(bureau_id))
        bind(db.session, Binding(tenant_id=bureau_id))
        kept = db.session.get_one(StoreCheck, bureau_id, populate_existing=True).faults
        assert bool(kept) is bool(live.exposed)
