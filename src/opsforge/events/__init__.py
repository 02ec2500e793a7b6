"""One stream of events for each page that is open, in place of polling.

Owns no table. A stream tells its user of their service (its state at once, what it uses every few
seconds) and hints which lists have changed; what they hold now the page asks for itself. A hint
comes from any worker, by the bus; it may be lost and it may be given without need.
"""
