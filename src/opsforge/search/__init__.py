"""One search over everything that the caller may see: a few of each kind, for the page's `/`.

Owns no table: it asks the services of the rooms that do.
"""
