"""Writes the plan document, reads a saved one, and says what a saved one approves; carries nothing out."""
