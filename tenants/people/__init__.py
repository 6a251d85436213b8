"""Accounts, sign-in, roles and their end."""
