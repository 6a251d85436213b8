"""A parent, and the people of the school who handle what the parent asks."""

from dataclasses import dataclass
from uuid import UUID

import pytest

from infra.db import db
from tenants.actor import Actor
from tenants.disclosures.asking import Grant
from tenants.disclosures.insider import deciding, filing, signing
from tenants.disclosures.insider.eligibility import Finding, Proof, Standing
from tenants.disclosures.insider.filing import Application
from tenants.disclosures.insider.models import Box, Eligibility, InsiderRequest
from tenants.permissions import Role
from tests.factories.insiders import LOOKUP, PARENT, application
from tests.tenants.disclosures.conftest import Scene, member

MOTHER = Finding(
    standing=Standing.GUARDIAN,
    seen=frozenset({Proof.CHILD_ROSTER, Proof.HOUSEHOLD}),
    eligibility=Eligibility.ELIGIBLE,
)


@dataclass(frozen=True)
class Desk:
    """What happens at one school's desk, each step committed as a request would."""

    scene: Scene
    office_head: Actor

    @property
    def tenant_id(self) -> UUID:
        return self.scene.school.tenant_id

    def application(self, **changes: object) -> Application:
        return application(self.scene.window(), **changes)

    def file(self, made: Application | None = None, *, actor: Actor = PARENT) -> InsiderRequest:
        self.scene.at_school()
        filed = filing.file_application(
            actor=actor, tenant_id=self.tenant_id, application=made or self.application(), lookup=LOOKUP
        )
        db.session.commit()
        return filed

    def check(
        self,
        case: InsiderRequest,
        *,
        finding: Finding = MOTHER,
        excluded: tuple[UUID, ...] = (),
        actor: Actor | None = None,
    ) -> InsiderRequest:
        checked = signing.check_applicant(
            actor=actor or self.scene.handler,
            tenant_id=self.tenant_id,
            disclosure_id=case.id,
            finding=finding,
            excluded=excluded,
            conflict_note="被申訴人" if excluded else "",
        )
        db.session.commit()
        return checked

    def sign(self, case: InsiderRequest, box: Box, *, actor: Actor | None = None) -> InsiderRequest:
        of = {Box.CCTV_HANDLER: self.scene.handler, Box.OFFICE_HEAD: self.office_head, Box.HEAD: self.scene.head}
        signed = signing.sign(actor=actor or of[box], tenant_id=self.tenant_id, disclosure_id=case.id, box=box)
        db.session.commit()
        return signed

    def up_to_the_head(self, case: InsiderRequest) -> InsiderRequest:
        self.check(case)
        self.sign(case, Box.CCTV_HANDLER)
        return self.sign(case, Box.OFFICE_HEAD)

    def grants(self, case: InsiderRequest) -> tuple[Grant, ...]:
        """Every window as it was asked for."""
        return tuple(
            Grant(window_id=w.id, started_at=w.started_at, ended_at=w.ended_at)
            for w in self.scene.windows(case)  # type: ignore[arg-type]
        )

    def approve(self, case: InsiderRequest, *, reasons: str = "", **changes: object) -> InsiderRequest:
        made = deciding.approve(
            actor=self.scene.head,
            tenant_id=self.tenant_id,
            disclosure_id=case.id,
            **{"grants": self.grants(case), "reasons": reasons, **changes},  # type: ignore[arg-type]
        )
        db.session.commit()
        return made


@pytest.fixture
def desk(elementary: Scene) -> Desk:
    """At a school whose chain of signatures decides."""
    return Desk(elementary, member(elementary.school, Role.OFFICE_HEAD, "周主任"))


@pytest.fixture
def preschool(scene: Scene) -> Desk:
    """Where a panel decides."""
    return Desk(scene, member(scene.school, Role.OFFICE_HEAD, "周主任"))
