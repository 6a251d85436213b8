"""One S3 account per process, each with the policy of `infra/deploy/s3/<process>.json` and nothing else.

The gateway of the development stack takes them as IAM policies, Ceph as one bucket policy with principals; both are the
same documents that production uses. `web` is denied reading in so many words: on Ceph, and on AWS without "bucket owner
enforced", an object belongs to whose key signed its upload, and an owner may read without any policy.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.settings import Process

POLICIES = Path(__file__).parents[1] / "deploy" / "s3"
STORE_PROCESSES = (Process.WEB, Process.MEDIA, Process.WORKER)


def policy(process: Process, bucket: str) -> dict[str, Any]:
    """What one process may do with one bucket, as an IAM policy."""
    text = (POLICIES / f"{process}.json").read_text(encoding="utf-8").replace(":::BUCKET", f":::{bucket}")
    document: dict[str, Any] = json.loads(text)
    return document


def bucket_policy(users: Mapping[Process, str], bucket: str) -> dict[str, Any]:
    """The same for every process at once, as the policy of a Ceph bucket; `users` are the accounts' names."""
    principals = {process: {"AWS": [f"arn:aws:iam:::user/{name}"]} for process, name in users.items()}
    statements = [
        statement | {"Sid": f"{process}{statement['Sid']}", "Principal": principal}
        for process, principal in principals.items()
        for statement in policy(process, bucket)["Statement"]
    ]
    # Who owns an object might otherwise open it to others; the gateway of the development stack knows no such right.
    statements += [
        {
            "Sid": f"{process}OpensNothingToOthers",
            "Effect": "Deny",
            "Action": ["s3:PutObjectAcl", "s3:PutObjectVersionAcl"],
            "Resource": [f"arn:aws:s3:::{bucket}/*"],
            "Principal": principal,
        }
        for process, principal in principals.items()
    ]
    for statement in statements:
        # Ceph 16 asks of a multi-object delete whether the bucket itself may be "deleted", then of each object.
        if statement["Effect"] == "Allow" and "s3:DeleteObject" in statement["Action"]:
            statement["Resource"].append(f"arn:aws:s3:::{bucket}")
    return {"Version": "2012-10-17", "Statement": statements}
