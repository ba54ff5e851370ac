"""What a system declares: its routes, its kinds and how it is asked; the engine only reads it."""
