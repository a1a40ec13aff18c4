# The plan of the run: coalition.commands.plan decides what every step reads, makes and depends on.
# A rule's params hold the slice of the config that it reads, and the sha256 of every source file
# that it uses: content decides what is made again, not the time of a file.
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(workflow.basedir) / "scripts"))

from coalition.base.errors import Problems, unforeseen
from coalition.workflow import foreign_results, handed_over, manifest, steps, summary
from coalition.workflow.critical_path import priorities
from coalition.workflow.finished import from_here, plan_kind
from coalition.workflow.job import RUN_VARIABLE
from coalition.workflow.kept_plan import found, kept
from coalition.workflow.queue_requests import asked, curve_size
from coalition.workflow.summary import RESULTS_VARIABLE, SKIPPED_VARIABLE, ending


def stop_on_problems(look):
    """Run a check and return its answer; what it finds ends the run before anything is touched."""
    try:
        return look()
    except Problems as problems:
        print(f"\n{problems}\n", file=sys.stderr)
        sys.exit(1)
    except Exception as error:  # the last net: no traceback is a message for a user
        print(f"\n{unforeseen(error)}\n", file=sys.stderr)
        sys.exit(2)


def make_plan(changes):
    """Make the plan; what that needs is slow to import."""
    from coalition.commands import plan

    return plan.plan_and_files(changes, CONFIG_FILES)


def check_everything(changes, config):
    """Look for all that is wrong with the data, unless it was found in order as it is now."""
    if found(changes, "account") is None:  # of ./run check
        kept(changes, lambda _: look_at_everything(config), "in_order")


def look_at_everything(config):
    """Look for all that is wrong with the data; keep what was read for the steps that read it."""
    from coalition.commands import check
    from coalition.data.file_formats import located

    checked = check.everything(config)
    handed_over.keep(STEPS["ingest"].values(), check.texts(checked))
    read = PLAN["manifest"]
    return {}, [*read["config_files"], *(str(located(path)) for path in read["files"])]


def sources(step):
    """The files of user and project that a step reads: their content counts, not their time."""
    return {name: ancient(paths) for name, paths in step["sources"].items()}


def made(steps):
    """Every output of some steps."""
    return [
        path
        for step in steps
        for paths in step["output"].values()
        for path in ([paths] if isinstance(paths, str) else paths)
    ]


def give_priorities(rules):
    """Have the steps begin first on which the end of the run waits longest."""
    steps = [(kind, step) for kind, of in STEPS.items() for step in of.values()]
    known = priorities([*steps, ("report", REPORT)])
    for each in rules:
        each.priority = max((known.get(str(path), 0) for path in each.output), default=0)


def make_foreign_again(wanted):
    """Have Snakemake make again what other code, settings or data made; not in a job of a queue."""
    if workflow.is_main_process:
        found = foreign_results.foreign(RESULTS, wanted)
        foreign_results.mark(found)
        print(foreign_results.in_words(RESULTS, found), end="\n" if found else "", file=sys.stderr)


def stop_without_diagnosis(steps):
    """Say what a config lacks whose verdict rules cannot be put on trial."""
    if steps["lacking"]:
        problems = Problems()
        problems.add(
            "diagnosis",
            "./run diagnose needs what this config does not have",
            value=", ".join(steps["lacking"]),
        )
        problems.stop()


steps.instead_of_interpreters()
CONFIG_FILES = [from_here(path) for path in workflow.config_settings.configfiles]
CHANGES = dict(workflow.config_settings.overwrite_config)
PLAN = stop_on_problems(lambda: kept(CHANGES, make_plan, plan_kind(CONFIG_FILES)))
config.clear()
config.update(PLAN["config"])
RESULTS, STEPS = PLAN["results"], PLAN["steps"]
REPORT, DIAGNOSIS = STEPS.pop("report"), STEPS.pop("diagnosis")
EVERYTHING = made(step for steps in STEPS.values() for step in steps.values())
stop_on_problems(lambda: manifest.untouched(RESULTS))
GIVEN = {
    "configfiles": CONFIG_FILES,
    "settings": {key: value for key, value in workflow.config_settings.config.items()},
}
os.environ |= {RESULTS_VARIABLE: RESULTS, RUN_VARIABLE: str(os.getpid())}
os.environ |= {SKIPPED_VARIABLE: "\n".join(PLAN["skipped"])}
summary.asked_for[:] = [lambda: workflow.dag_settings.targets]
