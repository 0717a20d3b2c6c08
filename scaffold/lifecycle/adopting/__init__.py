"""Bringing an existing project under the template, no further than its owner chooses."""
