"""The command: ./run check. Where nothing has changed since the last check, its account is printed
again, and nothing that is slow to import is imported.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from ..base import files
from ..base.errors import Problems, unforeseen
from ..config import settings as configuration
from ..config.expansion import merge
from ..config.yaml_safe import YAMLProblem, load
from ..workflow import kept_plan, manifest

KIND = "account"
"""What the account is kept as."""


def main(arguments: Sequence[str]) -> int:
    """Check config.yaml with the files and values laid over it, as Snakemake would; return the exit
    code.
    """
    given = _parser().parse_args(arguments)
    try:
        changes = configuration.laid_over(given.configfile)
        for entry in given.config:
            merge(changes, _given(entry))
        if given.explain:
            from .explain import explain  # slow to import

            print(explain(given.explain, changes, given.configfile))
            return 0
        account = kept_plan.kept(changes, _account, KIND)
        manifest.not_in_place_of_others(f"results/{account['run']}", changes)
        manifest.untouched(f"results/{account['run']}")
        path = f"results/{account['run']}/check.md"
        files.write_text(path, account["page"])
        print(
            f"{account['screen']}\n\nNothing was fitted. The full account: {path}\n"
            f"The analysis: {shlex.join(['./run', *arguments])}"
        )
    except Problems as problems:
        print(problems, file=sys.stderr)
        return 1
    except (RecursionError, MemoryError) as error:
        print(f"The input is too deep or too large: {type(error).__name__}", file=sys.stderr)
        return 1
    except Exception as error:  # the last net: no traceback is a message for a user
        print(unforeseen(error), file=sys.stderr)
        return 2
    return 0


def _account(changes: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Check; what that needs is slow to import."""
    from .check import account

    return account(changes)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./run check",
        description="Look for mistakes; fit nothing, write nothing but the account of the check.",
    )
    parser.add_argument(
        "--configfile", nargs="+", default=[], metavar="FILE", help="files laid over config.yaml"
    )
    parser.add_argument(
        "--config", nargs="+", default=[], metavar="KEY=VALUE", help="values laid over the files"
    )
    parser.add_argument(
        "--explain", metavar="KEY", help="say what a key is, may be, is now and where it was set"
    )
    return parser


def _given(entry: str) -> dict[str, Any]:
    """Return the key and value of KEY=VALUE, the value read as YAML."""
    key, equals, value = entry.partition("=")
    problems = Problems()
    if not equals:
        problems.add("--config", "not of the form KEY=VALUE", value=entry)
    try:
        content = load(value)
    except YAMLProblem as error:
        problems.add(f"--config {key}", f"not readable as YAML: {error}", value=value)
    problems.stop()
    return {key: content}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
