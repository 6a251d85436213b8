"""Every model there is, and what the roles of the database may do with the tables (design section 6)."""

from infra.db import Base
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
from tenants.footage import remarks
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

PACKAGES = (
    audit,
    registry,
    agency_keys,
    assessments,
    hours,
    people,
    designations,
    undertakings,
    account_reviews,
    invitations,
    footage,
    camera_checks,
    remarks,
    retention,
    urgent,
    upkeep,
    assets,
    inspections,
    faults,
    disclosures,
    applying,
    insider,
    panel,
    official,
    packages,
    papers,
    register,
    retained,
    rights,
    misuse,
    viewing,
    leaving,
    notices,
    compliance,
    storage,
    findings,
    scoring,
    improvements,
    rule_notices,
    sampling,
    closing,
    emergency,
    onboarding,
    platform,
)
GROW_ONLY = frozenset(
    {
        "account_verdicts",
        "asset_custodies",
        "audit_events",
        "audit_samples",
        "audit_tree_heads",
        "audit_tree_stamps",
        "camera_approvals",
        "camera_assessments",
        "camera_moves",
        "calibrations",
        "camera_checks",
        "compliance_attempts",
        "compliance_cases",
        "entrance_reviews",
        "fault_escalations",
        "fault_lines",
        "function_reviews",
        "gap_reports",
        "gap_settlements",
        "hold_changes",
        "media_destructions",
        "inspection_answers",
        "inspection_caps",
        "inspection_intervals",
        "inspections",
        "maintenance_entries",
        "misuse_measures",
        "misuse_statements",
        "misuse_viewings",
        "notice_told",
        "panel_adoptions",
        "panel_corrections",
        "panel_resolutions",
        "paper_scans",
        "place_attempts",
        "playback_approvals",
        "register_entries",
        "retained_certificates",
        "retained_changes",
        "undertakings",
        "segment_drills",
        "storage_capacities",
        "upkeep_marks",
        "viewing_appointments",
        "viewing_marks",
        "viewing_openings",
    }
)
# What the bureau reads of all institutions.
ROLLED_UP = frozenset(
    {
        "audit_tree_heads",
        "audit_tree_stamps",
        "destructions",
        "emergency_accesses",
        "job_faults",
        "retained_certificates",
        "retention_runs",
        "service_checks",
        "site_periods",
        "sites",
        "store_checks",
        "swept_areas",
        "tenants",
    }
    | {name for name in Base.metadata.tables if name.startswith("compliance_")}
)


def all_models() -> list[type[Base]]:
    """The mapped classes of every package, by table name."""
    mapped = [mapper.class_ for mapper in Base.registry.mappers]
    return sorted(mapped, key=lambda model: model.__tablename__)
