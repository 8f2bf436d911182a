"""What a robots.txt says. Runs in the worker process, since its patterns may be made to last."""

from protego import Protego

from adapters.feeds.parsed import RobotsSay

_READ = 500 * 1024
"""So much of a robots.txt counts (RFC 9309, section 2.5)."""


def robots_say(body: bytes, *, address: str, agent: str) -> RobotsSay:
    """Whether ``agent`` may ask for the address, and how long it is to wait between requests (RFC 9309)."""
    rules = Protego.parse(body[:_READ].decode("utf-8-sig", "replace").replace("\x00", ""))
    delay = rules.crawl_delay(agent)
    return RobotsSay(is_allowed=rules.can_fetch(address, agent), delay_s=None if delay is None else float(delay))
