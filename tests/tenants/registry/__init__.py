"""Institutions, sites, cameras, agencies."""
