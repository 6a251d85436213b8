"""A small cast for pages: a preschool and a school with their people, and a police station with two officers."""

from dataclasses import dataclass
from uuid import UUID

from infra import age
from infra.db import db
from infra.kms import Kms
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.footage.keys import make_records_key
from tenants.footage.models import RecordsKey
from tenants.permissions import Role
from tests.factories import leavers, people
from tests.factories.registry import Institution, institution


@dataclass(frozen=True)
class Cast:
    """Who is there. People are known by their sign-in names; `ids` gives the account of each."""

    k1: Institution
    e1: Institution
    agency_id: UUID
    ids: dict[str, UUID]


def cast(kms: Kms | None = None) -> Cast:
    """K1 (KH) and E1 (TY), each with a head, a handler, a guard and a member of staff, and two agencies' officers.

    Without a master key, scans of letters can be encrypted and never opened again.
    """
    people.bureau()
    k1 = institution()
    e1 = institution("E1", kind="elementary_school", name="向陽國小", profile="TY_ELEMENTARY", cameras=("E-GATE",))
    ids: dict[str, UUID] = {}
    for of, prefix in ((k1, "k1"), (e1, "e1")):
        for role in (Role.HEAD, Role.HANDLER, Role.GUARD, Role.STAFF):
            login = f"{prefix}-{role.value}"
            ids[login] = people.person(login, name=f"{prefix}的{role.value}", title="組長")
            people.membership(ids[login], role, tenant_id=of.tenant_id)
        leavers.designation(of.tenant_id, contact_id=ids[f"{prefix}-handler"])
        leavers.undertaking(of.tenant_id, user_id=ids[f"{prefix}-handler"])
        bind(db.session, Binding(tenant_id=of.tenant_id))
        _records_key(of, kms)
    police = people.agency()
    prosecutors = people.agency("守園地方檢察署", kind="prosecution")
    for login, agency_id in (("officer", police), ("colleague", police), ("prosecutor", prosecutors)):
        ids[login] = people.person(login, name="陳志明", title="偵查佐")
        people.membership(ids[login], Role.AGENCY_OFFICER, agency_id=agency_id)
    return Cast(k1, e1, police, ids)


def _records_key(of: Institution, kms: Kms | None) -> None:
    # Filing encrypts the scan of a letter, so the public half is real in any case.
    if kms is None:
        recipient = age.new_identity(age.Kind.CLASSIC).recipient
        key = RecordsKey(tenant_id=of.tenant_id, recipient=recipient, wrapped_secret=b"wrapped")
        db.session.add(key)
    else:
        make_records_key(actor=system("factory"), tenant_id=of.tenant_id, kms=kms, kind=age.Kind.CLASSIC)
    db.session.commit()
