"""Renders the plan document, by one module for each format; decides nothing of what the document says."""
