"""Release trains as YAML in Git."""
