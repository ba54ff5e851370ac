"""Runs a whole command without printing or exiting: load, plan, apply and the policy around them."""
