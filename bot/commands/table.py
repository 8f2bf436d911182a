"""Every command, in menu order. Both platforms build their menus from it, and a test holds the README to it."""

from bot.messages.menu import CommandOption, CommandSpec

STORY_OPTION = "story"
_STORY = CommandOption(
    name=STORY_OPTION, description="Its number, or words from it", is_required=True, has_suggestions=True
)

COMMANDS = (
    CommandSpec(name="start", description="Say hello and see where to begin", is_greeting=True),
    CommandSpec(
        name="headlines",
        description="The latest stories, all or of a topic",
        options=(CommandOption(name="topic", description="A topic, a source or any words", has_suggestions=True),),
    ),
    CommandSpec(name="story", description="Read a whole story", options=(_STORY,)),
    CommandSpec(
        name="search",
        description="Find stories by their words",
        options=(CommandOption(name="words", description="What to look for", is_required=True),),
    ),
    CommandSpec(name="topics", description="What there is to follow"),
    CommandSpec(
        name="subscribe",
        description="Follow a topic, a source, any words, or everything",
        options=(
            CommandOption(
                name="what",
                description="A topic, a source, any words, or everything",
                is_required=True,
                has_suggestions=True,
            ),
        ),
        is_for_managers=True,
    ),
    CommandSpec(
        name="unsubscribe",
        description="Stop following something",
        options=(CommandOption(name="what", description="What to stop", is_required=True, has_suggestions=True),),
        is_for_managers=True,
    ),
    CommandSpec(name="subscriptions", description="What is followed here"),
    CommandSpec(
        name="opinion",
        description="Say what you think of a story",
        options=(_STORY, CommandOption(name="words", description="Your opinion, if you like to give it at once")),
    ),
    CommandSpec(
        name="sources", description="Who tells a story; moderators can part and join it there", options=(_STORY,)
    ),
    CommandSpec(name="opinions", description="What readers think of a story", options=(_STORY,)),
    CommandSpec(name="why", description="Why a story came here, came late, or did not come", options=(_STORY,)),
    CommandSpec(
        name="settings",
        description="What happens to a story that may not have arrived",
        options=(CommandOption(name="repeats", description="no-loss or no-duplicate", has_suggestions=True),),
        is_for_managers=True,
    ),
    CommandSpec(name="help", description="What I can do"),
)
