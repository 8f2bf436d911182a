"""A port is taken, or a sentence says which one and what to do."""

import asyncio
import socket

import pytest

from adapters.sandbox.listening import PortTakenError, address_of, is_loopback, take_port


async def test_port_zero_takes_a_free_one() -> None:
    with await take_port("127.0.0.1", 0, setting="NEWSBOT_SANDBOX_PORT") as listener:
        host, _, port = address_of(listener).partition(":")
        assert host == "127.0.0.1"
        assert int(port) > 0


async def test_a_busy_port_is_named_together_with_the_setting_that_changes_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortTakenError, match=f"Port {port} on 127.0.0.1 .* NEWSBOT_SANDBOX_PORT"):
            await take_port("127.0.0.1", port, setting="NEWSBOT_SANDBOX_PORT", patience_s=0)


async def test_a_port_that_becomes_free_is_taken() -> None:
    other = socket.create_server(("127.0.0.1", 0))
    port = other.getsockname()[1]
    taking = asyncio.create_task(take_port("127.0.0.1", port, setting="NEWSBOT_SANDBOX_PORT"))
    await asyncio.sleep(0)
    other.close()
    with await taking as listener:
        assert address_of(listener) == f"127.0.0.1:{port}"


async def test_a_host_that_is_none_is_told_at_once() -> None:
    with pytest.raises(PortTakenError, match=r"'256\.1\.1\.1' is not an address"):
        await take_port("256.1.1.1", 0, setting="NEWSBOT_SANDBOX_PORT")


async def test_a_wildcard_is_reached_by_loopback() -> None:
    with await take_port("0.0.0.0", 0, setting="NEWSBOT_SANDBOX_PORT") as listener:  # noqa: S104  # for this line
        assert address_of(listener).startswith("127.0.0.1:")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "::1", "LOCALHOST."])
def test_loopback_is_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["localhost.evil.example", "10.0.0.1", "", "127.0.0.1.evil.example"])
def test_what_may_be_another_machine_is_not_loopback(host: str) -> None:
    assert not is_loopback(host)
