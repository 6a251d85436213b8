"""Holds, destruction and certificates, on a real database and a real store."""
