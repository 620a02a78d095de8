"""How often Python looks for objects that only hold each other: not while the house is loaded, rarely afterwards."""

import gc

YOUNG, ROUNDS, FULL = 10_000, 20, 50

# What is being loaded is all still needed: looking through it again and again is a tenth of a start.
gc.disable()


def settle(serving: bool) -> None:
    """Let the garbage collector work again, once everything is loaded; for a process that serves, set it too.

    A full round looks at every object of the house (0.1 s) while everybody waits, and its defaults bring one every
    few hundred registrations: a fifth of their time. What a request leaves behind goes by counting references.
    """
    if serving:
        gc.freeze()
        gc.set_threshold(YOUNG, ROUNDS, FULL)
    gc.enable()
