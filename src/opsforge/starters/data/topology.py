"""The microservices of the examples, and who calls whom."""

CALLS = (
    ("gateway", "web"),
    ("web", "cart"),
    ("web", "search"),
    ("web", "user"),
    ("cart", "order"),
    ("cart", "catalog"),
    ("search", "catalog"),
    ("order", "payment"),
    ("order", "stock"),
    ("payment", "payment-db"),
    ("stock", "stock-db"),
    ("catalog", "catalog-db"),
    ("user", "catalog-db"),
)
"""Pairs of caller and callee."""

SERVICES = tuple(dict.fromkeys(name for pair in CALLS for name in pair))


def callers_of(service: str) -> dict[str, int]:
    """Everything that depends on a service, with the number of calls between."""
    found, wave = {service: 0}, [service]
    while wave:
        wave = [caller for caller, callee in CALLS if callee in wave and caller not in found]
        found |= dict.fromkeys(wave, max(found.values()) + 1)
    return found
