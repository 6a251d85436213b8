"""Tests of closing an institution."""
