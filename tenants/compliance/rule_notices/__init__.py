"""Telling institutions that their storage will not do once a later version of a regulation takes force (journey B3)."""
