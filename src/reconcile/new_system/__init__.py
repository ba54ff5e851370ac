"""Drafts a package that adds a type of system: from an OpenAPI description, or to be filled in."""
