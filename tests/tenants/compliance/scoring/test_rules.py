"""Scores: weights add up, advice lowers nothing, and what nobody knows is never met (DR-30, KH-3-7)."""

from datetime import date, timedelta

import pytest

from tenants.compliance.articles.catalogue import ARTICLES
from tenants.compliance.articles.model import Article, Force, Known, Look, State, Subject, found
from tenants.compliance.scoring import rules
from tenants.compliance.scoring.rules import DEFAULT, WEIGHED, Aim, Count, Reach, Score, Weighting
from tenants.profiles import CODES, Clause, profile

TODAY = date(2026, 11, 20)
WRONG = [Subject(label="C-GATE", id="", why="缺")]
THREE_TO_ONE = Weighting(
    effective_from=TODAY,
    target=800,
    aims={"continuity": Aim(weight=3, target=950), "zones": Aim(weight=1, target=900)},
)
pytestmark = pytest.mark.req("DR-30")


def counted(**met: bool) -> list[Count]:
    return [Count(article=key, owed=1, met=int(is_met)) for key, is_met in met.items()]


def test_a_score_is_the_weight_that_is_met_of_the_weight_that_is_owed() -> None:
    assert rules.score(counted(continuity=True, zones=False), THREE_TO_ONE) == Score(owed=4, met=3)
    assert rules.score(counted(continuity=False, zones=True), THREE_TO_ONE).share == 0.25


def test_an_article_without_a_weight_is_in_no_score() -> None:
    assert rules.score(counted(continuity=True, secrecy=False), THREE_TO_ONE).share == 1.0
    assert rules.score(counted(secrecy=False), THREE_TO_ONE).share is None


def test_the_score_of_several_is_of_their_weights_together_and_no_average_of_shares() -> None:
    one, other = Score(owed=4, met=4), Score(owed=1, met=0)
    assert rules.together([one, other]) == Score(owed=5, met=4)


@pytest.mark.parametrize(("met", "reached"), [(9499, False), (9500, True), (9501, True)])
def test_a_target_is_reached_exactly_and_never_by_rounding(met: int, *, reached: bool) -> None:
    assert Score(owed=10_000, met=met).reaches(950) is reached


def test_who_was_not_looked_at_is_no_data_and_who_owes_nothing_is_not_scored() -> None:
    assert rules.reach(None, 0) is Reach.NO_DATA
    assert rules.reach(Score(owed=0, met=0), 900) is Reach.NOT_SCORED
    assert rules.reach(Score(owed=2, met=1), 900) is Reach.BELOW


@pytest.mark.parametrize("state", [State.NO_DATA, State.NOT_REPORTED, State.UNMET])
def test_silence_and_no_data_are_owed_and_not_met(state: State) -> None:
    assert not rules.is_met(state, owed=True)


@pytest.mark.req("KH-3-7")
@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: str(article.key))
def test_nothing_that_is_only_advised_is_owed_whatever_is_found(article: Article, code: str) -> None:
    law = profile(code, TODAY)
    asked = article.force is Force.MUST and article.clause in law.articles
    for look in (Look(law=law, of=2), Look(law=law, of=2, wrong=WRONG), Look(law=law, of=2, known=Known.SILENT)):
        finding = found(article, [look])
        assert finding.owed is asked
        if finding.state in {State.ADVICE, State.NOT_APPLICABLE}:
            assert not finding.owed


@pytest.mark.req("KH-3-7", "TY-X-1")
def test_advice_at_one_place_takes_nothing_from_what_is_met_at_another() -> None:
    calibration = next(article for article in ARTICLES if article.key == "calibration")
    asks, silent = profile("KH_PRESCHOOL", TODAY), profile("TY_ELEMENTARY", TODAY)
    assert (Clause.CALIBRATION in asks.articles, Clause.CALIBRATION in silent.articles) == (True, False)
    both = found(calibration, [Look(law=asks, of=1), Look(law=silent, of=1, wrong=WRONG)])
    assert both.state is State.ADVICE
    assert rules.is_met(both.state, owed=both.owed)


def test_what_only_warns_or_advises_cannot_be_weighed() -> None:
    assert {"at_risk", "open_faults", "equipment", "drill"}.isdisjoint(article.key for article in WEIGHED)
    assert DEFAULT.aims.keys() == {article.key for article in WEIGHED}


def test_each_day_has_the_version_that_was_in_force_on_it() -> None:
    later = Weighting(effective_from=TODAY + timedelta(days=2), target=990, aims=THREE_TO_ONE.aims)
    versions = [later, THREE_TO_ONE]
    assert rules.in_force(versions, TODAY - timedelta(days=1)) is DEFAULT
    assert rules.in_force(versions, TODAY + timedelta(days=1)) is THREE_TO_ONE
    assert rules.in_force(versions, TODAY + timedelta(days=2)) is later


def whole(**changes: object) -> Weighting:
    aims = {article.key: Aim(weight=1, target=950) for article in WEIGHED}
    plain: dict[str, object] = {"effective_from": TODAY + timedelta(days=1), "target": 900, "aims": aims}
    return Weighting(**{**plain, **changes})  # type: ignore[arg-type]


def told(weighting: Weighting, reason: str = "會議決議", taken: tuple[date, ...] = ()) -> set[str]:
    return {fault.code for fault in rules.faults(weighting, reason, taken=taken, today=TODAY)}


def test_a_version_that_is_whole_and_ahead_has_no_fault() -> None:
    assert told(whole()) == set()


def test_all_faults_are_told_at_once() -> None:
    aims = {**whole().aims, "continuity": Aim(weight=101, target=1001)}
    faults = list(rules.faults(whole(effective_from=TODAY, target=-1, aims=aims), " ", taken=(), today=TODAY))
    assert {fault.field for fault in faults} == {
        "weight_continuity",
        "target_continuity",
        "target",
        "effective_from",
        "reason",
    }


@pytest.mark.parametrize("begin", [TODAY, TODAY - timedelta(days=1), None])
def test_a_version_never_reaches_back(begin: date | None) -> None:
    assert told(whole(effective_from=begin)) == {"not_ahead"}


def test_a_day_has_one_version() -> None:
    assert told(whole(), taken=(TODAY + timedelta(days=1),)) == {"day_taken"}


def test_a_version_names_every_article_and_weighs_at_least_one() -> None:
    assert told(whole(aims={"continuity": Aim(weight=1, target=950)})) == {"not_whole"}
    nothing = {article.key: Aim(weight=0, target=950) for article in WEIGHED}
    assert told(whole(aims=nothing)) == {"nothing_weighed"}
    assert told(whole(aims={**whole().aims, "at_risk": Aim(weight=1, target=950)})) == {"not_weighed"}


def test_a_reason_has_an_end() -> None:
    assert told(whole(), reason="理" * 201) == {"too_long"}
