"""The arguments of a run, in an order and with a profile in which Snakemake takes them as they are
meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from ..config import settings

PROFILE = Path("profiles/default/config.yaml")
CONFIG_FILE = ("--configfile", "--configfiles")
CONFIG = ("--config", "-C")
PAIRS = (
    *CONFIG, "--default-resources", "--default-res", "--resources", "--res", "--set-threads",
    "--set-resources", "--set-scatter", "--set-resource-scopes", "--groups", "--group-components",
)  # fmt: skip
"""Options that are followed by any number of NAME=VALUE; a word without `=` is a target."""
CORES = ("--cores", "-c")
CONFIG_ENDINGS = (".yaml", ".yml")
"""How the name of a further file ends that stands behind --configfile; all else is a target."""
ANY = 10_000
"""More values than a command has."""
MOST_VALUES = dict.fromkeys((*CONFIG_FILE, *PAIRS), ANY) | dict.fromkeys(CORES, 1)
"""Of options that are used often, what Snakemake is too slow to import to be asked."""


def in_order(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with all targets first, wherever they stand.

    Snakemake takes targets from one place only, and its options with any number of values
    (--configfile, --config) take every word that follows up to the next option, targets too.
    """
    targets: list[str] = []
    others: list[str] = []
    for option, word in _told_apart(arguments):
        (others if option else targets).append(word)
    return [*targets, *others]


def _told_apart(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield of every word the option that it is, or is a value of ("" for a target), and the
    word.
    """
    option, taken, room = "", 0, 0
    for place, word in enumerate(arguments):
        if word == "--":
            yield from (("", target) for target in arguments[place + 1 :])
            return
        if word.startswith("-"):
            name, given, _ = word.partition("=")
            option, taken, room = name, 0, 0 if given else -1
        elif option:
            # asked only where it matters: Snakemake is slow to import
            room = _values(option) if room < 0 else room
            option = option if taken < room and _may_follow(option, taken, word) else ""
            taken += 1
        yield option, word


def _may_follow(option: str, taken: int, word: str) -> bool:
    """Tell whether a word may be a value of an option that has had some."""
    if option in CONFIG_FILE:
        return not taken or word.endswith(CONFIG_ENDINGS)
    return "=" in word if option in PAIRS else True


def _values(option: str) -> int:
    """Return how many values an option of Snakemake takes at most."""
    if option in MOST_VALUES:
        return MOST_VALUES[option]
    known = _known()
    if option.startswith("--"):
        # argparse takes a beginning that only one option has
        names = [option] if option in known else [name for name in known if name.startswith(option)]
        return known[names[0]] if len(names) == 1 else 1
    for at, letter in enumerate(option[1:], 1):  # -nF is -n -F, and -c2 is -c 2
        if number := known.get(f"-{letter}", 1):
            return number if at == len(option) - 1 else 0
    return 0


@cache
def _known() -> dict[str, int]:
    """Return how many values each option takes at most, as Snakemake's own parser has it."""
    from snakemake import cli

    numbers = {"*": ANY, "+": ANY, "?": 1}
    return {
        name: 1 if action.nargs is None else numbers.get(str(action.nargs)) or int(action.nargs)
        for action in cli.get_argument_parser()._actions
        for name in action.option_strings
    }


def config_files(arguments: Sequence[str]) -> list[str]:
    """Return the files that the arguments lay over config.yaml."""
    found = []
    for option, word in _told_apart(arguments):
        name, given, value = word.partition("=")
        if option in CONFIG_FILE and (given or not word.startswith("-")):
            found.append(value if name in CONFIG_FILE else word)
    return found


def nothing_else(arguments: Sequence[str]) -> bool:
    """Tell whether the arguments name config files and cores, and say nothing else."""
    return all(option in (*CONFIG_FILE, *CORES) for option, _ in _told_apart(arguments))


def with_profile(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with this project's profile before them, or with one that they name in
    its place.

    Where one of this project is named, the default one is not laid over it: Snakemake takes
    profiles/default for a workflow's own, which would win.
    """
    named = [word for option, word in _told_apart(arguments) if option == "--profile"]
    own = any(option == "--workflow-profile" for option, _ in _told_apart(arguments))
    if not named and not own:
        return [*profile_arguments(PROFILE), *arguments]
    name = named[-1].partition("=")[2] or named[-1] if named else ""
    ours = Path(name).resolve().parent == PROFILE.resolve().parents[1]
    return [*arguments, *(["--workflow-profile", "none"] if ours and not own else [])]


def profile_arguments(path: Path) -> list[str]:
    """Return a profile's settings as arguments of Snakemake, which announces a profile but not an
    argument.
    """
    arguments = []
    for key, value in sorted(settings.read(path).items()):
        if value is not False:
            values = [] if value is True else value if isinstance(value, list) else [value]
            arguments += [f"--{key}", *map(str, values)]
    # last, so that no list of values swallows a target
    return [*arguments, "--workflow-profile", "none"]
