"""The rules: one file each, no opinions elsewhere."""
