"""The servers that a developer's machine, the demo and the tests run: real ones, from pip, without root.

Production brings its own PostgreSQL, Redis and S3; nothing here runs there.
"""
