"""Writes down what a day says of each article; taken again it is written over, as the roll-ups are.

The facts were written and audited by others; the chain does not repeat them.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from infra.clock import civil_day
from infra.db import bureau_session, db
from infra.overwriting import overwrite
from tenants.actor import Actor
from tenants.compliance.articles.catalogue import ARTICLES
from tenants.compliance.articles.model import FIRST_DAY, Article, Finding, Subject, found
from tenants.compliance.articles.reading import read
from tenants.compliance.finding_models import CityDay, ComplianceFinding
from tenants.permissions import Permission
from tenants.registry import names, standing
from tenants.registry import queries as registry
from tenants.registry.assessments.counting import take_zones
from tenants.upkeep.property.counting import take_property

_ONE_DAY = timedelta(days=1)


def take_findings(*, tenant_id: UUID, day: date, now: datetime, actor: Actor) -> None:
    """Judge every article on a day. Of a day long past only what can be told again is written over.

    The day on which an institution was opened is nobody's fault: of it nothing is told as met or unmet.
    Of today the same reading also gives the bureau its figures of places and equipment, which have no days.
    """
    actor.require(Permission.PLATFORM_READ)
    reading = read(tenant_id=tenant_id, day=day, now=now)
    fresh = day >= civil_day(now) - _ONE_DAY
    is_new = standing.is_first_day(registry.tenant(tenant_id=tenant_id).opened_on, day)
    rows = [
        _row(tenant_id, day, article, FIRST_DAY if is_new else found(article, article.looks(reading)), now)
        for article in ARTICLES
        if fresh or (article.retold and not (article.of_footage and reading.is_gone))
    ]
    overwrite(ComplianceFinding, ("tenant_id", "civil_day", "article"), rows)
    if day == civil_day(now):
        take_zones(tenant_id=tenant_id, found=reading.rooms.assessments, now=now, actor=actor)
        take_property(tenant_id=tenant_id, found=reading.rooms.property, now=now, actor=actor)


def take_city_day(*, tenant_id: UUID, day: date, now: datetime, actor: Actor) -> None:
    """Count a day's findings by district, kind and ownership, as the bureau's own rows; counted again, written over."""
    actor.require(Permission.PLATFORM_READ)
    parts = {part.id: (part.district, part.kind, part.ownership) for part in names.directory_on(day=day)}
    query = select(
        ComplianceFinding.tenant_id, ComplianceFinding.article, ComplianceFinding.state, ComplianceFinding.owed
    )
    counted: Counter[tuple[str, ...]] = Counter()
    owing: Counter[tuple[str, ...]] = Counter()
    with bureau_session() as session:
        for of, article, state, owed in session.execute(query.where(ComplianceFinding.civil_day == day)):
            counted[key := (article, *parts[of], state)] += 1
            owing[key] += owed
    # What was there and is no more counts none: no row of ours is ever removed.
    gone = update(CityDay).where(CityDay.tenant_id == tenant_id, CityDay.civil_day == day)
    db.session.execute(gone.values(institutions=0, owed=0, computed_at=now))
    keys = ("article", "district", "kind", "ownership", "state")
    rows = [
        dict(zip(keys, key, strict=True))
        | {"tenant_id": tenant_id, "civil_day": day, "computed_at": now}
        | {"institutions": institutions, "owed": owing[key]}
        for key, institutions in counted.items()
    ]
    overwrite(CityDay, ("tenant_id", "civil_day", *keys), rows)


def _row(tenant_id: UUID, day: date, article: Article, finding: Finding, now: datetime) -> dict[str, Any]:
    return {
        "tenant_id": tenant_id,
        "civil_day": day,
        "article": article.key,
        "state": finding.state,
        "owed": finding.owed,
        "looked_at": finding.of,
        "wrong": finding.count,
        "since": finding.since,
        "subjects": [_plain(subject) for subject in finding.wrong],
        "computed_at": now,
    }


def _plain(subject: Subject) -> Mapping[str, str | None]:
    said = asdict(subject) | {"since": subject.since.isoformat() if subject.since is not None else None}
    return said if subject.kind else {name: value for name, value in said.items() if name != "kind"}
