"""Sizes as people write them."""

UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
STEP = 1024


def format_bytes(size_bytes: int) -> str:
    """1536 → "1.5 KiB"; one digit behind the point, none for bytes."""
    value = float(size_bytes)
    for unit in UNITS[:-1]:
        if abs(value) < STEP:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= STEP
    return f"{value:.1f} {UNITS[-1]}"
