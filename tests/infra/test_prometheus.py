"""Prometheus is told to ask and watch what the processes tell, and two workers of one process count together."""

import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from infra.settings import PREFIX, Process, StoreSettings
from infra.stack.city import answers, procfile, started
from infra.stack.environments import Whereabouts
from infra.stack.juicefs import JuiceFs
from infra.stack.postgres import DatabaseUrls
from infra.stack.processes import free_port
from tests.architecture.source import ROOT

FOLDER = ROOT / "infra" / "deploy" / "prometheus"
TOKEN = "fedcba9876543210fedcba9876543210"
NAME = re.compile(r"\bshouyuan_[a-z_]+")
REQUESTS = 30

pytestmark = pytest.mark.req("DR-31")


@pytest.fixture
def served(
    database: DatabaseUrls, valkey: str, juicefs: JuiceFs, store_settings: StoreSettings, tmp_path: Path
) -> Iterator[int]:
    """The web process as the Procfile starts it, with two workers; its port."""
    whereabouts = Whereabouts(
        databases=database,
        redis_url=valkey,
        stores=juicefs.accounts(store_settings.bucket),
        base_url="http://localhost",
        home=tmp_path,
        segment_seconds=60,
    )
    port = free_port()
    more = {"PORT": str(port), f"{PREFIX}METRICS_TOKEN": TOKEN, "TMPDIR": str(tmp_path)}
    paths = {"PYTHONPATH": os.environ["PYTHONPATH"]} if "PYTHONPATH" in os.environ else {}
    environment = whereabouts.for_process(Process.WEB, **more, **paths)
    server = started("web", procfile()["web"], environment, log=tmp_path / "web.log")
    server.wait_until(lambda: answers(f"http://127.0.0.1:{port}/health/live"), seconds=120)
    yield port
    server.stop(seconds=30)
    assert not list(tmp_path.glob("shouyuan-metrics-*")), "what they counted in is gone with them"


def asked(port: int, path: str, **headers: str) -> str:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - our own, on loopback
        text: str = answer.read().decode()
        return text


def counted(port: int) -> float:
    """How many questions for life were answered, whichever worker answered them."""
    text = asked(port, "/metrics", Authorization=f"Bearer {TOKEN}")
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    of_life = [each for each in samples if each.labels.get("endpoint") == "health.live"]
    return sum(each.value for each in of_life if each.name == "shouyuan_requests_total")


def rules() -> list[Mapping[str, object]]:
    held = yaml.safe_load((FOLDER / "alerts.yml").read_text(encoding="utf-8"))
    return [rule for group in held["groups"] for rule in group["rules"]]


def test_two_workers_count_together_and_tell_everything_that_is_watched(served: int) -> None:
    before = counted(served)
    for _ in range(REQUESTS):
        asked(served, "/health/live", Connection="close")
    text = asked(served, "/metrics", Authorization=f"Bearer {TOKEN}")
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    assert counted(served) - before == REQUESTS
    assert not any("pid" in each.labels for each in samples)
    told = set(NAME.findall(text))
    watched = {name for rule in rules() for name in NAME.findall(str(rule["expr"]))}
    # Told once there is something to tell: a job that ended, facts that were taken, a service that was looked at.
    later = {
        "shouyuan_chain_anchor_lag_days",
        "shouyuan_facts_age_seconds",
        "shouyuan_late_destructions",
        "shouyuan_service_up",
        "shouyuan_upload_lag_seconds",
        "shouyuan_worker_disk_free_ratio",
    }
    source = "".join((ROOT / name).read_text(encoding="utf-8") for name in ("webapp/metrics.py", "infra/metrics.py"))
    assert watched - told <= later
    assert [name for name in later if name not in source] == []


def test_each_rule_says_for_how_long_how_urgent_and_what_it_means() -> None:
    found = rules()
    assert len({rule["alert"] for rule in found}) == len(found) > 10
    for rule in found:
        assert rule.keys() == {"alert", "expr", "for", "labels", "annotations"}
        assert rule["labels"] in ({"severity": "page"}, {"severity": "ticket"})
        assert re.search(r"[\u4e00-\u9fff]{4}", str(rule["annotations"]))


def test_the_scrape_carries_the_token_and_asks_the_processes_and_not_the_proxy() -> None:
    held = yaml.safe_load((FOLDER / "prometheus.yml").read_text(encoding="utf-8"))
    assert held["rule_files"] == ["alerts.yml"]
    (job,) = held["scrape_configs"]
    assert "credentials_file" in job["authorization"]
    targets = {target for each in job["static_configs"] for target in each["targets"]}
    assert targets == {"127.0.0.1:8000", "127.0.0.1:8001"}
    caddy = (ROOT / "infra/deploy/Caddyfile").read_text(encoding="utf-8")
    assert re.search(r"handle /metrics \{\s+respond 404", caddy)


def test_only_who_counts_needs_the_folder() -> None:
    """Imported outside gunicorn, nothing is written anywhere."""
    command = [sys.executable, "-c", "from infra.metrics import exposition; print(len(exposition()))"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 - ours
    assert int(done.stdout) > 0
