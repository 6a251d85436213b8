"""Weights, targets and scores."""
