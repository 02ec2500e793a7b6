"""Authentication: log-in, tokens, sessions, limits on guessing.

Owns the table of tokens, of which only digests are stored. Calls the users and the notebooks
service; every other room knows of it only `Actor` and the dependencies that yield one.
"""
