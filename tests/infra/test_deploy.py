"""What production is told must be what the processes need: settings, commands, rights."""

import json
import re
import shlex
from pathlib import Path

import pytest

from infra.settings import BadSettings, Process, Settings
from infra.stack.city import procfile
from infra.stack.store_accounts import STORE_PROCESSES, bucket_policy, policy

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "infra" / "deploy"


def environment(process: Process) -> dict[str, str]:
    lines = (DEPLOY / "env" / f"{process}.env").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if not line.startswith("#"))


@pytest.mark.parametrize("process", list(Process))
def test_eachenvironment_file_is_enough_for_its_process_and_not_too_much(process: Process) -> None:
    assert Settings.from_env(process, environment(process)).process is process


@pytest.mark.parametrize("process", [Process.WEB, Process.CRON, Process.MIGRATE])
def test_a_process_refuses_theenvironment_of_one_that_holds_the_master_key(process: Process) -> None:
    with pytest.raises(BadSettings, match="MASTER_KEY_FILE must not be given"):
        Settings.from_env(process, environment(Process.WORKER) | environment(process))


@pytest.mark.req("DR-22")
@pytest.mark.parametrize("process", [process for process in Process if process is not Process.WEB])
def test_only_the_web_process_may_look_numbers_up(process: Process) -> None:
    told = {"SHOUYUAN_LOOKUP_KEY_FILE": "/etc/shouyuan/lookup.key"}
    with pytest.raises(BadSettings, match="LOOKUP_KEY_FILE must not be given"):
        Settings.from_env(process, environment(process) | told)
    without = {name: value for name, value in environment(Process.WEB).items() if name not in told}
    with pytest.raises(BadSettings, match="LOOKUP_KEY_FILE is missing"):
        Settings.from_env(Process.WEB, without)


def test_units_run_the_commands_of_the_procfile() -> None:
    for name, command in procfile().items():
        wanted = command.replace("${PORT:-8000}", "8000").replace("${PORT:-8001}", "8001")
        folder = ROOT / "infra/edge" if name == "edge" else DEPLOY / "systemd"
        (unit,) = (each.read_text(encoding="utf-8") for each in folder.glob(f"shouyuan-{name}*.service"))
        started = next(line for line in unit.splitlines() if line.startswith("ExecStart="))
        assert shlex.split(re.sub(r"^ExecStart=/opt/[^ ]*/bin/", "", started)) == shlex.split(wanted)


def test_only_media_and_worker_may_read_footage() -> None:
    readers = {
        process
        for process in STORE_PROCESSES
        for statement in policy(process, "bucket")["Statement"]
        if statement["Effect"] == "Allow" and "s3:GetObject" in statement["Action"]
    }
    assert readers == {Process.MEDIA, Process.WORKER}


def test_a_bucket_policy_names_every_process_and_grants_nothing_to_others() -> None:
    made = bucket_policy({process: f"user-{process}" for process in STORE_PROCESSES}, "bucket")
    text = json.dumps(made)
    assert "BUCKET" not in text
    assert {statement["Principal"]["AWS"][0] for statement in made["Statement"]} == {
        f"arn:aws:iam:::user/user-{process}" for process in STORE_PROCESSES
    }


def test_the_key_service_is_chosen_by_name_and_its_account_is_a_secret_of_who_opens_footage() -> None:
    aws = {
        "SHOUYUAN_KMS": "aws:alias/shouyuan",
        "SHOUYUAN_KMS_ACCESS_KEY": "KEY",
        "SHOUYUAN_KMS_SECRET_KEY": "SECRET",
        "SHOUYUAN_KMS_REGION": "ap-northeast-1",
    }
    for process in (Process.MEDIA, Process.WORKER):
        kms = Settings.from_env(process, environment(process) | aws).kms
        assert kms is not None
        assert (kms.aws_key, kms.region, kms.access_key) == ("alias/shouyuan", "ap-northeast-1", "KEY")
        assert "SECRET" not in repr(kms)
        kms = Settings.from_env(process, environment(process)).kms
        assert kms is not None
        assert kms.aws_key == ""
    for process in (Process.WEB, Process.CRON, Process.MIGRATE):
        with pytest.raises(BadSettings, match="KMS_SECRET_KEY must not be given"):
            Settings.from_env(process, environment(process) | aws)
    for wrong in ("aws:", "vault:x", "azure"):
        with pytest.raises(BadSettings, match="neither file nor aws"):
            Settings.from_env(Process.WORKER, environment(Process.WORKER) | {"SHOUYUAN_KMS": wrong})
