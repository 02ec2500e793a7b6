"""Runs one installation: its data directory, its parts as child processes, its terminal.

Owns the lock, the secrets and the logs of a data directory and what happens between `opsforge up`
and Ctrl-C. Invariants: one supervisor for a data directory; no child outlives it, except notebook
services, which outlive every part that is killed and end only when the platform is stopped.
Called by the command line only; knows the rooms through `bootstrap` and `engine`.
"""
