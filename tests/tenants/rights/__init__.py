"""Tests of requests under the Personal Data Protection Act."""
