"""An auditor's draw from the city's cases, of which two lack something that is to be put right (journey U1)."""

from infra import clock
from infra.db import db
from tenants.actor import Actor, system
from tenants.compliance.sampling import actions, taking
from tenants.compliance.sampling.facts import Check, Verdict
from tenants.compliance.sampling.models import SampledCase
from tenants.compliance.sampling.queries import cases
from tenants.compliance.sampling.rules import Wanted
from tenants.working_days import working_days_after
from workers.sample_city.founding import City, enter
from workers.sample_city.past import day

_ASKED, _YEAR, _DUE_DAYS = 20, 365, 10
# What the auditor found in the first two, and wrote to the schools.
_FINDINGS = (
    (Check.FORM, "應載明事項的紙本附件未歸檔，請補齊並登記。"),
    (Check.REGISTER, "登記簿的附件未依序裝訂，請整理後回復。"),
)


def audit(city: City) -> None:
    """Tell the bureau which cases there are, draw, open each, and judge the first two."""
    for tenant_id in {place.tenant_id for place in city.places.values()}:
        enter(tenant_id)
        taking.take_cases(tenant_id=tenant_id, now=clock.now(), actor=system("take_cases"))
    db.session.commit()  # the bureau's own connection reads only what is committed
    enter(city.tenants["BUREAU"])
    auditor = city.actor("auditor")
    wanted = Wanted(purpose="115年度個人資料保護內部稽核計畫", first_day=day(_YEAR), last_day=day(0), count=_ASKED)
    made = actions.draw_sample(actor=auditor, wanted=wanted)
    drawn = [each.row.id for each in cases(actor=auditor, sample_id=made.id)]
    opened = [actions.open_case(actor=auditor, sampled_id=each, reason="年度稽核") for each in drawn]
    for row, (check, note) in zip(opened, _FINDINGS, strict=False):
        _judge(auditor, row, check, note)


def _judge(auditor: Actor, row: SampledCase, check: Check, note: str) -> None:
    verdicts = {Check(each["check"]): Verdict(each["verdict"]) for each in row.facts}
    actions.judge_case(
        actor=auditor,
        sampled_id=row.id,
        verdicts=verdicts | {check: Verdict.LACKING},
        note=note,
        due_on=working_days_after(clock.today(), _DUE_DAYS),
    )
