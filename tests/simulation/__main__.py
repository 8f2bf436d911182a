"""``python -m tests.simulation FIRST LAST``: simulate these seeds; of one alone, tell all that happened."""

import sys

from tests.simulation.world import World


def main() -> int:
    """Print what was broken under which seed; the exit code says whether anything was."""
    first, last = int(sys.argv[1]), int(sys.argv[-1])
    broken = 0
    for seed in range(first, last + 1):
        world = World(seed)
        world.run()
        broken += bool(world.broken)
        for line in (*(world.told if first == last else ()), *world.broken):
            print(f"seed {seed}: {line}")  # noqa: T201  # this is its interface
    print(f"seeds {last - first + 1} broken {broken}")  # noqa: T201  # the same
    return min(broken, 1)


if __name__ == "__main__":
    sys.exit(main())
