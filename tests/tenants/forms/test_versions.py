"""Which version of a form prints, and that each form speaks its regulation's language."""

from dataclasses import replace
from datetime import date

import pytest

from tenants import profiles
from tenants.forms import UnknownForm, inspection_wording, register_wording, request_wording
from tenants.forms.sheet import TEMPLATES
from tests.tenants.forms.made import FILED, KH, KH_REGISTER, TY_REGISTER


def test_an_old_case_prints_on_the_form_that_was_in_force_when_it_was_filed() -> None:
    renamed = replace(KH, version="2", effective_from=date(2027, 1, 1), title="新格式申請單")
    forms = (KH, renamed)

    assert request_wording("KH_ANNEX1", date(2026, 12, 31), forms) is KH
    assert request_wording("KH_ANNEX1", date(2027, 1, 1), forms) is renamed


def test_a_register_has_versions_too() -> None:
    later = replace(KH_REGISTER, version="2", effective_from=date(2027, 1, 1), rows=16)

    assert register_wording("KH_ANNEX2", date(2026, 12, 31), among=(KH_REGISTER, later)).rows == 14
    assert register_wording("KH_ANNEX2", date(2027, 1, 1), among=(KH_REGISTER, later)).rows == 16


@pytest.mark.parametrize(("form", "on"), [("KH_ANNEX9", FILED), ("KH_ANNEX1", date(2019, 5, 12)), ("", FILED)])
def test_a_form_that_was_never_in_force_is_not_guessed(form: str, on: date) -> None:
    with pytest.raises(UnknownForm):
        request_wording(form, on)


def test_a_silent_regulation_without_a_form_of_ours_prints_none() -> None:
    with pytest.raises(UnknownForm):
        register_wording(None, FILED, profile="KH_PRESCHOOL")


@pytest.mark.req("TY-5-4b")
def test_a_regulation_that_prints_no_register_gets_ours() -> None:
    assert register_wording(None, FILED, profile="TY_ELEMENTARY") is TY_REGISTER
    assert TY_REGISTER.annex == profiles.model.OUR_DEFAULT + "格式"


@pytest.mark.parametrize("code", profiles.CODES)
def test_every_version_of_a_regulation_finds_its_forms_and_they_use_its_words(code: str) -> None:
    for profile in profiles.versions(code):
        form = request_wording(profile.request_form.form, profile.effective_from)
        register = register_wording(profile.register.form, profile.effective_from, profile=code)
        inspection = inspection_wording(profile.inspection.form, profile.effective_from)

        assert form.title.endswith(profile.request_form.title)
        assert "".join(form.national_id) == profile.terms.national_id
        assert "".join(form.place) == profile.terms.camera_place
        assert "".join(form.signatures[-1]) == profile.terms.head
        assert form.annex.startswith(profile.terms.annex)
        assert len(form.signatures) == len(profile.request_form.sign_order)
        assert form.ground is (len(profile.insider.grounds) > 1)
        assert register.rows == (profile.register.rows or 14)
        assert inspection.rows == profile.inspection.rows
        assert inspection.annex.startswith(profile.terms.annex)
        assert all((TEMPLATES / wording.template).is_file() for wording in (form, register, inspection))
