"""What an administrator sees at a glance: how much of everything, and whether the parts answer.

Owns no table: it asks the services of the rooms that do.
"""
