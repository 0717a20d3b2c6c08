"""Adding to a project that keeps to the conventions: functions, routes, crons, tables, whole domains."""
