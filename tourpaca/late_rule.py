"""Rules of addresses that learn to build them when the first one is asked for, not when the house starts."""

from collections.abc import Callable
from functools import cache, partial

from werkzeug.routing import Rule


class LateRule(Rule):
    """A rule whose two builders of addresses are compiled at their first use.

    Werkzeug writes them as Python code and compiles it, for every rule: a twelfth of a cold start.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        made = cache(partial(super()._compile_builder, append_unknown))
        return lambda rule, /, **values: made()(rule, **values)
