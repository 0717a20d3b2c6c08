"""The project here is tested by a pytest of its own: see test_plugin.py."""

collect_ignore = ["project"]
