"""A wrong PIN is told with all else that is wrong, and counts (DR-14)."""

import pytest

from infra.db import db
from tenants.people.models import User
from tests.webapp.school.test_viewings import Console, console

__all__ = ["console"]


@pytest.mark.req("DR-14", "DR-32")
def test_a_wrong_pin_is_told_with_what_else_is_wrong_and_counted_all_the_same(console: Console) -> None:
    answer = console.browser.post(console.start, data=console.typed(title="", acknowledged="", pin="000000"))
    assert answer.status_code == 422
    for sentence in ("請填寫調閱者職稱", "請調閱者閱讀「不得翻攝及複製」", "PIN 不正確。"):
        assert sentence in answer.text, sentence
    named = "k1的staff"
    as_well = console.browser.post(console.start, data=console.typed(name=named, pin="000000")).text
    assert "陪同人員不能是申請人或調閱者本人" in as_well
    assert "PIN 不正確。" in as_well
    db.session.rollback()
    found = db.session.get_one(User, console.companion)
    assert found.pin_failures == 2
    whole = console.browser.post(console.start, data=console.typed(title=""))
    assert "PIN 不正確。" not in whole.text
    db.session.rollback()
    assert db.session.get_one(User, console.companion).pin_failures == 2, "a refused form leaves nothing behind"
    assert console.sessions() == []
