"""Bringing a project to another version of its template: plan everything, then apply it in one step."""
