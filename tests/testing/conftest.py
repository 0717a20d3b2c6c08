"""The projects here are tested by a pytest of their own: see test_plugin.py and test_stubs.py."""

collect_ignore = ["project", "notes"]
