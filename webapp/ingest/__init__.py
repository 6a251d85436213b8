"""JSON for edge devices: enrolment, uploads, confirmations, heartbeats."""
