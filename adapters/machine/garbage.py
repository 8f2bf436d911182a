"""What the garbage collector need not look at, and how often it looks."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_NEW_OBJECTS = 10_000
"""Between two looks at what is new, which take two milliseconds. At Python's own figure, 700, what a send holds while
it is under way is looked at again and again: a tenth of all that a send costs.
"""


@contextmanager
def loaded_for_good() -> Iterator[None]:
    """What is made inside is taken to stay for as long as the process lives.

    The modules of a running bot are 140,000 objects. Looking for garbage among them costs a sixth of the time of
    importing them, and later, each time, 0.2 s in which nobody is answered.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.set_threshold(_NEW_OBJECTS, *gc.get_threshold()[1:])
        gc.enable()
