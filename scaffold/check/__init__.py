"""Runs rules over projects, and settles what of their findings counts."""
