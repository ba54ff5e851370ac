"""Hand-made faults of the protocol, each of which the trust tests must notice."""
