"""The tests: real PostgreSQL, Valkey, S3, RTSP, SMTP and browser; a fake only where it passes the contract tests."""
