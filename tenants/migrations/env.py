"""Alembic: runs as the owner role, with time-outs that keep a migration from stopping the running release."""

import os

from alembic import context
from sqlalchemy import create_engine, pool, text

from infra.db import Base
from infra.settings import Process, Settings
from tenants.audit import models as audit
from tenants.closing import models as closing
from tenants.compliance import finding_models as findings
from tenants.compliance import models as compliance
from tenants.compliance.rule_notices import models as rule_notices
from tenants.compliance.sampling import models as sampling
from tenants.compliance.scoring import models as scoring
from tenants.compliance.storage import models as storage
from tenants.disclosures import models as disclosures
from tenants.disclosures.applying import models as applying
from tenants.disclosures.insider import models as insider
from tenants.disclosures.insider.panel import models as panel
from tenants.disclosures.official import models as official
from tenants.disclosures.packages import models as packages
from tenants.disclosures.papers import models as papers
from tenants.disclosures.register import models as register
from tenants.disclosures.retained import models as retained
from tenants.disclosures.viewing import models as viewing
from tenants.emergency import models as emergency
from tenants.footage import check_models as camera_checks
from tenants.footage import models as footage
from tenants.improvements import models as improvements
from tenants.leaving import models as leaving
from tenants.misuse import models as misuse
from tenants.notices import models as notices
from tenants.onboarding import models as onboarding
from tenants.people import models as people
from tenants.people.designations import models as designations
from tenants.people.invitations import models as invitations
from tenants.people.reviews import models as account_reviews
from tenants.people.undertakings import models as undertakings
from tenants.platform import models as platform
from tenants.registry import models as registry
from tenants.registry.agency_keys import models as agency_keys
from tenants.registry.assessments import models as assessments
from tenants.registry.hours import models as hours
from tenants.retention import models as retention
from tenants.retention.urgent import models as urgent
from tenants.rights import models as rights
from tenants.upkeep import models as upkeep
from tenants.upkeep.faults import models as faults
from tenants.upkeep.inspections import models as inspections
from tenants.upkeep.property import models as assets

LOADED = (
    rights,
    misuse,
    viewing,
    retained,
    panel,
    agency_keys,
    assessments,
    hours,
    applying,
    audit,
    closing,
    compliance,
    storage,
    findings,
    improvements,
    rule_notices,
    sampling,
    scoring,
    disclosures,
    insider,
    official,
    packages,
    papers,
    register,
    footage,
    camera_checks,
    people,
    designations,
    undertakings,
    account_reviews,
    emergency,
    invitations,
    leaving,
    onboarding,
    notices,
    platform,
    registry,
    retention,
    urgent,
    upkeep,
    assets,
    inspections,
    faults,
)
LOCK_TIMEOUT = "4s"


def run() -> None:
    """Connect, set the time-outs, migrate in one transaction per revision."""
    settings = Settings.from_env(
        Process.MIGRATE, {k: v for k, v in os.environ.items() if k == "SHOUYUAN_OWNER_DATABASE_URL"}
    )
    engine = create_engine(settings.owner_database_url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"set lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            transaction_per_migration=True,
            include_object=lambda _object, name, kind, *_: (
                not (kind == "table" and (name or "").startswith("segments_"))
            ),
        )
        with context.begin_transaction():
            context.run_migrations()


run()
