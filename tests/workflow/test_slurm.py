"""A run through the queue of a real Slurm on this machine: the same bytes as a local run, a job
that was cancelled is submitted again, and the screen says what happens.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import tiny as tinies
import yaml
from coalition.workflow import queue_watch
from tiny import Tiny

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel")
PATH = f"{os.environ['PATH']}:/usr/sbin"
CONFIG = Path("/etc/slurm/slurm.conf")
"""Where the programs of Slurm look; an environment variable does not reach a job's own steps."""
ABSENT = [name for name in PROGRAMS if shutil.which(name, path=PATH) is None]
SETTINGS = """\
# of the project's tests; they take it away at their end
ClusterName=one
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmctldPort=26817
SlurmdPort=26818
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MpiDefault=none
StateSaveLocation={folder}/controller
SlurmdSpoolDir={folder}/node
SlurmctldPidFile={folder}/controller.pid
SlurmdPidFile={folder}/node.pid
SlurmctldLogFile={folder}/controller.log
SlurmdLogFile={folder}/node.log
ReturnToService=2
MinJobAge=600
SchedulerParameters=sched_interval=2,batch_sched_delay=1
NodeName={host} NodeAddr=127.0.0.1 CPUs={cores} RealMemory=3000 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""

QUEUE = ["--profile", "profiles/slurm", "--slurm-init-seconds-before-status-checks", "3"]
pytestmark = pytest.mark.long


@pytest.mark.parametrize(
    ("listing", "said"),
    [
        ("RUNNING|None\nPENDING|Priority\nPENDING|Priority\n",
         "Slurm: 1 running; 2 waiting (other jobs go first)"),
        ("PENDING|SomethingNew\n", "Slurm: 0 running; 1 waiting (SomethingNew)"),
        ("", "Slurm: no job of this run is in the queue; waiting for files and answers."),
    ],
)  # fmt: skip
def test_the_queue_in_words(listing: str, said: str) -> None:
    assert queue_watch.in_words(listing) == said


def test_how_a_job_ended_in_words() -> None:
    message = "SLURM-job '7' failed, SLURM status is: 'OUT_OF_MEMORY'. Detailed"
    assert queue_watch.end_in_words(message) == (
        "Slurm job 7: OUT_OF_MEMORY, it needed more memory than it asked for; raise `mem_mb`"
    )
    assert queue_watch.end_in_words("something else") == ""


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Start a Slurm of one node, and end it."""
    if ABSENT:
        pytest.skip(f"no Slurm here: {', '.join(ABSENT)} missing")
    if os.geteuid():
        pytest.skip("starting a Slurm needs root")
    if CONFIG.exists() and "of the project's tests" not in CONFIG.read_text(encoding="utf-8"):
        pytest.skip(f"{CONFIG} is there: this machine has a cluster of its own")
    # munge refuses a socket below folders that others may write to
    folder = Path("/run") / tmp_path_factory.mktemp("slurm").parent.name / "slurm"
    shutil.rmtree(folder, ignore_errors=True)
    for part in ("munge", "controller", "node"):
        (folder / part).mkdir(parents=True)
    key = folder / "munge" / "key"
    key.write_bytes(os.urandom(1024))
    key.chmod(0o600)
    host = subprocess.run(["hostname", "-s"], capture_output=True, text=True, check=True).stdout
    CONFIG.parent.mkdir(exist_ok=True)
    CONFIG.write_text(
        SETTINGS.format(host=host.strip(), folder=folder, cores=os.cpu_count()), encoding="utf-8"
    )
    munge = [
        f"--{name}={folder}/munge/{name[:-5]}"
        for name in ("key-file", "pid-file", "log-file", "seed-file")
    ]
    processes = []
    try:
        for command in (
            ["munged", "--force", "--foreground", f"--socket={folder}/munge/socket", *munge],
            ["slurmctld", "-D"],
            ["slurmd", "-D"],
        ):
            program = shutil.which(command[0], path=PATH)
            assert program is not None
            processes.append(
                subprocess.Popen(
                    [program, *command[1:]], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                )
            )
            time.sleep(2)
        _wait_for_node()
        yield
    finally:
        for process in reversed(processes):
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()
        CONFIG.unlink()
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for_node() -> None:
    for _ in range(60):
        states = subprocess.run(
            ["sinfo", "--noheader", "--format=%T"], capture_output=True, text=True, check=False
        ).stdout
        if "idle" in states:
            return
        time.sleep(1)
    raise AssertionError(f"the node of the Slurm did not come up: {states!r}")


def _first_job(patience: float = 120.0) -> str:
    end = time.monotonic() + patience
    while time.monotonic() < end:
        jobs = subprocess.run(
            ["squeue", "--noheader", "--format=%i", "--sort=i"],
            capture_output=True, text=True, check=False,
        ).stdout.split()  # fmt: skip
        if jobs:
            return jobs[0]
        time.sleep(0.5)
    raise AssertionError("no job came into the queue")


def test_the_queue_makes_what_a_local_run_makes(
    slurm: None, finished: Tiny, tmp_path: Path
) -> None:
    project = finished.copy(tmp_path / "study")
    local = project.outputs()
    shutil.rmtree(project.results)
    process = project.start(*QUEUE)
    cancelled = _first_job()
    subprocess.run(["scancel", cancelled], check=True)
    _, said = process.communicate(timeout=600)
    assert process.returncode == 0, said
    assert f"(Slurm job {cancelled})" in said
    assert f"Slurm job {cancelled}: CANCELLED, it was cancelled" in said
    assert "is tried again." in said
    assert said.count("submitted ") >= 3
    # small steps go together, in one job of one processor
    assert "submitted estimate others, estimate tested (Slurm job " in said
    assert "Open results/tiny/report.html" in said
    assert project.outputs() == local


def test_worlds_of_a_diagnosis_go_through_the_queue(slurm: None, tmp_path: Path) -> None:
    """Two draws of one world, each a job, amount to what a local run makes of them."""
    made = {}
    for place, profile in (("here", []), ("queue", QUEUE)):
        project = tinies.make(tmp_path / place)
        for part in ("config.yaml", "configs", "data", "Snakefile.diagnose"):
            copy = shutil.copytree if (tinies.ROOT / part).is_dir() else shutil.copy
            there = project.folder / part
            shutil.rmtree(there) if there.is_dir() else there.unlink(missing_ok=True)
            copy(tinies.ROOT / part, there)
        config = project.folder / "configs" / "main" / "diagnosis.yaml"
        about = yaml.safe_load(config.read_text(encoding="utf-8"))
        about["diagnosis"]["worlds"] = {"region": about["diagnosis"]["worlds"]["region"]}
        about["diagnosis"] |= {"draws": 2, "shard": 1, "specifications": 10, "replicates": 19}
        config.write_text(yaml.safe_dump(about), encoding="utf-8")
        (project.folder / "few.yaml").write_text("run: few\n", encoding="utf-8")
        answer = project.run("diagnose", *profile, "--configfile", "few.yaml")
        assert answer.code == 0, answer.err
        assert ("submitted diagnosis region_1 (Slurm job" in answer.err) == bool(profile)
        assert "Open results/few/diagnosis/diagnosis.md" in answer.err
        folder = project.folder / "results" / "few" / "diagnosis"
        made[place] = {path.name: path.read_bytes() for path in folder.glob("*[!e]")}
    assert {"region_0.json", "region_1.json", "diagnosis.json"} <= {*made["here"]}
    assert made["queue"] == made["here"]


def test_a_folder_that_a_shell_takes_apart_is_refused(project: Tiny) -> None:
    before = project.outputs()
    answer = project.run("--profile", "profiles/slurm")
    assert answer.code == 1
    assert "needs a folder without spaces, quotes and apostrophes in its path" in answer.err
    assert "Nothing was run and nothing was written." in answer.err
    assert project.outputs() == before
