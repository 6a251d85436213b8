"""What a school owns and the rules about it. No Flask, RQ, Redis, boto3 or PyAV in here.

Each package has the same inner files: `models` (tables), `rules` (pure decisions), `actions` (audited writes)
and `queries` (reads). Later packages may use earlier ones, never the reverse:
audit, registry, people, footage, retention, disclosures, compliance.
"""
