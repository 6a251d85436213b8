"""Applications of insiders, walked through the same steps as real ones. A passport stands in for everybody's number."""

import secrets
from dataclasses import dataclass

from infra.lookup_keys import LookupSecret
from tenants.actor import Actor, ActorKind
from tenants.disclosures.asking import AskedWindow
from tenants.disclosures.insider import filing, signing
from tenants.disclosures.insider.eligibility import Finding, Proof, Standing
from tenants.disclosures.insider.filing import Application
from tenants.disclosures.insider.models import Box, Eligibility
from tenants.disclosures.insider.rules import Applicant, Ground, Incident
from tenants.people.identity_numbers import parse_passport
from tenants.permissions import Role
from workers.sample_city.founding import City, enter
from workers.sample_city.past import as_of, moment

_PARENT = Actor(kind=ActorKind.APPLICANT, roles=frozenset({Role.APPLICANT}), address="127.0.0.1", client="sample city")
_FOUND = Finding(
    standing=Standing.GUARDIAN,
    seen=frozenset({Proof.CHILD_ROSTER, Proof.HOUSEHOLD}),
    eligibility=Eligibility.ELIGIBLE,
)
_SITE, _CAMERA = "K1", "C-ROOM2"


@dataclass(frozen=True)
class Applications:
    """The city's applications. `on(days_ago)` does what happened on a day."""

    city: City
    lookup: LookupSecret

    def on(self, days_ago: int) -> None:
        """Take the steps of a day."""
        if days_ago == 1:
            self._ask()

    def _ask(self) -> None:
        """A mother asks what happened in the classroom; the handler found her on the roster and signed."""
        place = self.city.places[_SITE]
        handler = self.city.actor(self.city.head_of(place).replace("-head", "-handler"))
        with as_of(moment(1, "17:10")):
            enter(place.tenant_id)
            filed = filing.file_application(
                actor=_PARENT, tenant_id=place.tenant_id, application=self._application(), lookup=self.lookup
            )
        with as_of(moment(1, "17:40")):
            enter(place.tenant_id)
            case = {"actor": handler, "tenant_id": place.tenant_id, "disclosure_id": filed.id}
            signing.check_applicant(**case, finding=_FOUND, excluded=(), conflict_note="")  # type: ignore[arg-type]
            signing.sign(**case, box=Box.CCTV_HANDLER)  # type: ignore[arg-type]

    def _application(self) -> Application:
        begins, ends = moment(1, "10:02"), moment(1, "10:06")
        camera = self.city.places[_SITE].cameras[_CAMERA]
        number = "".join(secrets.choice("0123456789") for _ in range(9))
        return Application(
            applicant=Applicant.GUARDIAN,
            name="林小惠",
            relation="母",
            child_name="林可可",
            child_class="兔兔班",
            unit="家長",
            title="家長",
            phone="0900-000-000",
            email="parent@example.org",
            identity=parse_passport(number, country="示範國", confirmed=True),
            ground=Ground.ACCIDENT,
            reason="昨日上午約十時三分，女兒於教室內跌倒，額頭擦傷，需了解事發經過。",
            windows=(AskedWindow(camera_id=camera, started_at=begins, ended_at=ends),),
            acknowledged="KH_ANNEX1 1",
            incident=Incident(started_at=begins, ended_at=ends),
        )
