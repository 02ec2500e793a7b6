"""Who did what, when, from where: entries that are only ever added.

Owns the table of entries. Rooms write an entry with `opsforge.audit.service.note` in the very
transaction that does what it tells of, so there is neither without the other; what was refused is
written by itself. The database refuses to change an entry, and the platform deletes them only when
the setting ``audit.keep`` says so. Administrators read them.
"""
