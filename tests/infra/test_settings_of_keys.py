"""Which kind of keys the platform makes from now on."""

import pytest

from infra.age_keys import Kind
from infra.settings import BadSettings, Process, Settings
from tests.infra.test_deploy import environment

pytestmark = pytest.mark.req("KH-5-1a")
NAME = "SHOUYUAN_KEY_KIND"


@pytest.mark.parametrize("process", [Process.WEB, Process.WORKER])
def test_it_is_classic_unless_the_platform_says_otherwise(process: Process) -> None:
    told = environment(process)
    assert Settings.from_env(process, told).key_kind is Kind.CLASSIC
    assert Settings.from_env(process, told | {NAME: "hybrid"}).key_kind is Kind.HYBRID
    told.pop(NAME)
    assert Settings.from_env(process, told).key_kind is Kind.CLASSIC
    with pytest.raises(BadSettings, match="KEY_KIND is neither classic nor hybrid"):
        Settings.from_env(process, told | {NAME: "Hybrid"})
