"""Requests by official document: lifecycle, decision, package, hand-over, register.

Named disclosures and never requests, which is what HTTP and its libraries call their own things.
"""
