"""The notebook engine: a port, the JupyterHub client behind it, the hub's own configuration.

Everything that knows JupyterHub is here. Called by the notebooks room only; imports no other room.
"""
