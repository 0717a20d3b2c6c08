"""Versions of a template, the questions they ask, and rendering them."""
