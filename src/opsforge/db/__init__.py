"""The database: engine, transactions, base of the models, migrations, registry of models.

Invariant: a transaction is short and never open across a call to the engine or the storage.
"""
