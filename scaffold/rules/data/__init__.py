"""CX2: reads, tables and indexes."""
