"""Days of a chain with their heads in a store that is a drawer, and a real authority that stamps them."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import cast

from infra import object_keys
from infra.objects import ObjectStore
from infra.timestamps import TimestampAuthority
from tenants.actor import system
from tenants.audit import checking, stamping
from tenants.audit.checking import Report
from tenants.audit.models import AuditTreeStamp
from tests.factories.ledger import Bureau, Drawer, anchored, stamped
from tests.factories.registry import Institution
from tests.time_authority import TimeAuthority

DAY = date(2026, 11, 20)
NAME = "Common Name: Made-up time"


@dataclass
class Days:
    """A chain, its store, the bureau and the authority. Days are counted from the first."""

    of: Institution
    authority: TimeAuthority
    drawer: Drawer = field(default_factory=Drawer)
    bureau: Bureau = field(default_factory=Bureau)

    def anchor(self, number: int) -> None:
        anchored(self.of, day=DAY + timedelta(days=number), store=self.drawer, bureau=self.bureau)

    def stamp(self) -> AuditTreeStamp:
        return stamped(self.of, self.authority.url, store=self.drawer)

    def try_stamp(self) -> AuditTreeStamp | None:
        return stamping.stamp_next(
            actor=system("stamp_heads"),
            tenant_id=self.of.tenant_id,
            store=cast("ObjectStore", self.drawer),
            lock_until=None,
            authority=TimestampAuthority(self.authority.url),
        )

    def head(self, number: int) -> str:
        return object_keys.ledger_head(tenant_id=self.of.tenant_id, day=DAY + timedelta(days=number))

    def token(self, number: int) -> str:
        return object_keys.ledger_stamp(tenant_id=self.of.tenant_id, day=DAY + timedelta(days=number))

    def check(self) -> Report:
        return checking.verify(tenant_id=self.of.tenant_id, store=cast("ObjectStore", self.drawer))

    def fault(self) -> str:
        found = self.check().broken
        assert found is not None
        return found.reason
