"""Notebook services: one for each user, on the engine behind its port.

Owns the table of services and what a user sees of their states. A service is created volume first,
then the engine's part, then the directories; what fails is taken back. No two operations on one
service run at once.
"""
