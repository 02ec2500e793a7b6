"""Usage and quotas: what each user's own data takes, and what of it is still free.

Counts, once: the files of a user's data sets that the user brought (by content: what was shared is
the same file; copies and forks are links to somebody else's), all that is in the user's volume,
written by the platform or from inside the service, the user's public projects, and what unfinished
uploads have announced. Owns no table: quotas are columns of accounts. See
docs/decisions/0021-usage.md.

Called by whatever receives files (as `opsforge.storage.quotas.Quotas`) and by its own endpoint.
"""
