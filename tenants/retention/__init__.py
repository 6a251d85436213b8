"""Periods, holds, what is due, destruction and its certificate."""
