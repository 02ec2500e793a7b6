"""The journal: operations that change directories and database together, whole or not at all.

Owns the tables of operations under way and of what each of them locks. A row says what is about to
happen before it does, and goes in the transaction that makes it final; a row that is still there
when nobody works on it any more is undone. Every room that changes directories does so through
`opsforge.storage.journal.service.Operations`. See docs/decisions/0007-journal.md.
"""
