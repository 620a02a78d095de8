"""The application with one more page, the barest that Flask can serve: what every rate is compared with."""

from tourpaca import create_app

TWO_KILOBYTES = "<p>" + "bonjour " * 255 + "</p>"

app = create_app()


@app.get("/nu")
def bare() -> str:
    """Answer two kilobytes that cost nothing to make."""
    return TWO_KILOBYTES
