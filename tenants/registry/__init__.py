"""Institutions, sites, cameras, edge devices, agencies."""
