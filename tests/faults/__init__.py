"""The fault matrix: every fault that is to be borne, and the test that makes it happen. ``make faults`` runs them.

Real processes meet the sandbox's faults; where a fault's length is not the point it is shortened, as its test says.

| Fault | Tests |
|---|---|
| SIGKILL at twelve points | ``make crash``; tests/scenarios/test_kill_loop, test_killing |
| SIGTERM under load | test_endings |
| 429 storm, per route and as a whole | test_storms |
| Platforms that stand still now and then, their limits kept | test_stalls |
| 5xx storm, half of it after delivery; the breaker | test_storms; tests/unit/bot/services/test_breaker |
| Network cut, half-open, reset in the middle of a body | test_networks |
| One platform down | test_storms |
| Database gone, PostgreSQL cut at COMMIT | test_databases; tests/unit/bot/services/test_deliver, test_hurry |
| Disk full, then freed | test_databases |
| Clock set back and forward, again and again | tests/unit/adapters/test_clock |
| Poison article | tests/unit/bot/services/test_deliver |
| Poison feed, hostile server | tests/integration/test_feeds_hostile, test_feeds_hostile_at_once, test_feeds_workers |
| Chat migrated, bot kicked, channel deleted, rights lost, with a hundred posts waiting | test_channels |
| Gateway dropped again and again, op 9, repeated events | test_gateways |
| Another program polls with our token | test_gateways |
| Two processes, SIGSTOP, a stale lease | tests/scenarios/test_many_processes; tests/unit/bot/services/test_keep_lease |

Not made to happen here: 256 MB of memory (the bot starts within that address space only with MALLOC_ARENA_MAX=1 and
``ulimit -s 1024``).
"""
