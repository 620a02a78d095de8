"""Whether the house lives, and whether it is ready to serve."""

from tourpaca.public import door


@door.get("/livez")
def livez() -> str:
    """Answer without touching anything: the process runs."""
    return "ok\n"
