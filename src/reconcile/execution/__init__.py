"""Carries a plan out: one operation as effects, the order of all, the journal, the performing; what to do was
decided by planning.
"""
