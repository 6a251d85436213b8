"""Tests of cases of misuse or leakage."""
