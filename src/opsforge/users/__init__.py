"""Accounts: who may sign in, their details and their password hashes.

Owns the table of users. An account and its notebook service are created as one (B1, C1).
"""
