"""Typed lines, bound to the options of a command."""

from typing import Any

import pytest

from adapters.sandbox.contract import SandboxError
from adapters.sandbox.discord.slash import find_command, read_line

TEXT, WHOLE, FLAG = 3, 4, 5


def command(*options: dict[str, Any]) -> dict[str, Any]:
    return {"id": "1", "type": 1, "name": "story", "description": "Read a story", "options": list(options)}


def option(name: str, kind: int = TEXT, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, "description": f"The {name}", **more}


def values(line: str, *options: dict[str, Any]) -> dict[str, Any]:
    data = read_line(line, command(*options)).data()
    return {one["name"]: one["value"] for one in data["options"]}


@pytest.mark.parametrize(
    ("line", "options", "expected"),
    [
        ("/story", [option("words")], {}),
        ("/story ferries of old", [option("words")], {"words": "ferries of old"}),
        ("/story words:ferries of old", [option("words")], {"words": "ferries of old"}),
        ("/story 3 of old", [option("page", WHOLE), option("words")], {"page": 3, "words": "of old"}),
        ("/story ferries page:3", [option("words"), option("page", WHOLE)], {"words": "ferries", "page": 3}),
        ("/story page:3 words:a: b", [option("words"), option("page", WHOLE)], {"words": "a: b", "page": 3}),
        ("/story one two three", [option("a"), option("b")], {"a": "one", "b": "two three"}),
        ("/story yes", [option("now", FLAG)], {"now": True}),
        ("/story BIG", [option("size", choices=[{"name": "Big", "value": "b"}])], {"size": "b"}),
        ("/story 1.5", [option("ratio", 10)], {"ratio": 1.5}),
        ("/story @reader-1", [option("who", 6)], {"who": "1000000000000000011"}),
        ("/story #world-news", [option("where", 7)], {"where": "1000000000000000110"}),
    ],
)
def test_words_go_to_the_options_in_order_or_by_name(
    line: str, options: list[dict[str, Any]], expected: dict[str, Any]
) -> None:
    assert values(line, *options) == expected


@pytest.mark.parametrize(
    ("line", "options", "sentence"),
    [
        ("/story three", [option("page", WHOLE)], "“three” is not a whole number, which page needs"),
        ("/story 9", [option("page", WHOLE, min_value=1, max_value=5)], "page must be at least 1 and at most 5"),
        ("/story maybe", [option("now", FLAG)], "“maybe” is neither yes nor no"),
        (
            "/story Huge",
            [option("size", choices=[{"name": "Big", "value": "b"}])],
            "not one of the choices for size: Big",
        ),
        ("/story 3 more", [option("page", WHOLE)], "“more” is too much"),
        ("/story", [option("words", required=True)], "/story needs words: The words"),
        ("/story ab", [option("words", min_length=3)], "words takes between 3 and"),
        ("/story x", [], "“x” is too much"),
        ("/story #elsewhere", [option("where", 7)], "There is no “#elsewhere” here"),
    ],
)
def test_words_that_do_not_fit_are_answered_with_a_sentence(
    line: str, options: list[dict[str, Any]], sentence: str
) -> None:
    with pytest.raises(SandboxError, match=sentence):
        values(line, *options)


def test_sub_commands_are_followed() -> None:
    add = {"name": "add", "type": 1, "description": "Add", "options": [option("words", required=True)]}
    group = {"name": "topics", "type": 2, "description": "Topics", "options": [add]}
    data = read_line("/story topics add Azerbaijan", command(group)).data()
    assert data["options"] == [
        {"type": 2, "name": "topics", "options": [
            {"type": 1, "name": "add", "options": [{"type": 3, "name": "words", "value": "Azerbaijan"}]}
        ]}
    ]  # fmt: skip
    with pytest.raises(SandboxError, match="/story topics needs one of: add"):
        read_line("/story topics remove", command(group))


def test_a_command_is_found_by_its_whole_name_only() -> None:
    commands = [command()]
    assert find_command("/story x", commands) is commands[0]
    assert find_command("/sto", commands) is None
    assert find_command("/", commands) is None
