"""A killed run, gone on with, is an undisturbed one byte for byte."""

import datetime as dt
import gzip
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from reporter.batch import Job, Recipe, run
from reporter.cli import main
from tests.batch.samples import CLOCK, ROOT, accession_numbers, exam, exams, write

COUNT = 160
REFUSED = (3, 40, 41, 99, 159)
MOMENT = dt.datetime.fromisoformat(CLOCK)


def job(folder: Path, name: str = "out.ndjson", source: str = "in.ndjson", resume: bool = False) -> Job:
    refused = str(folder / f"refused-{name}")
    return Job(str(folder / source), str(folder / name), refused, Recipe(MOMENT), resume=resume, commit_seconds=0)


def command(source: Path, out: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "reporter.cli", "batch", str(source), "--out", str(out), "--clock", CLOCK, *options]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an input and its undisturbed outputs, plain and gzip, a commit after each chunk."""
    folder = tmp_path_factory.mktemp("undisturbed")
    source = write(folder / "in.ndjson", exams(COUNT, REFUSED))
    (folder / "in.ndjson.gz").write_bytes(gzip.compress(source.read_bytes()))
    assert run(job(folder)).tally.written == COUNT - len(REFUSED)
    run(job(folder, "out.ndjson.gz"))
    return folder


@pytest.mark.parametrize("name", ["out.ndjson", "out.ndjson.gz"])
def test_from_every_line_of_the_journal(done: Path, tmp_path: Path, name: str) -> None:
    """Whatever the last commit was, whatever half written bytes follow it in the three files."""
    (tmp_path / "in.ndjson").write_bytes((done / "in.ndjson").read_bytes())
    whole = [(done / n).read_bytes() for n in (name, f"refused-{name}")]
    journal = (done / f"{name}.journal").read_bytes().splitlines(keepends=True)
    assert len(journal) > COUNT // 32
    for kept in range(2, len(journal), 2):
        state = json.loads(journal[kept - 1].partition(b" ")[2])
        (tmp_path / name).write_bytes(whole[0][: state["output"]] + b"half a line")
        (tmp_path / f"refused-{name}").write_bytes(whole[1][: state["refused"]] + b"{")
        (tmp_path / f"{name}.journal").write_bytes(b"".join(journal[:kept]) + journal[-1][: 40 + kept])
        summary = run(job(tmp_path, name, resume=True))
        assert [(tmp_path / n).read_bytes() for n in (name, f"refused-{name}")] == whole
        assert (summary.resumed_after, summary.tally.lines) == (state["tally"]["lines"], COUNT)
        assert summary.tally.codes == {"V-CODE": len(REFUSED)}


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("packed", ["", ".gz"], ids=["plain", "gzip"])
def test_killed_at_any_moment(done: Path, tmp_path: Path, packed: str, workers: str) -> None:
    """Real processes, ended by the system before the first result, between two commits and near the end."""
    out, aside = tmp_path / f"out.ndjson{packed}", tmp_path / f"aside.ndjson{packed}"
    whole = (done / out.name).read_bytes()
    chance = random.Random(f"{packed} {workers}")  # noqa: S311 - moments, not secrets
    source = done / f"in.ndjson{packed}"
    resume = command(source, out, "--refused", str(aside), "--workers", workers, "--resume")
    for size in (0, *sorted(chance.randrange(len(whole)) for _ in range(3)), len(whole) - 1):
        process = subprocess.Popen(resume, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None and not (out.exists() and out.stat().st_size >= size):
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
    last = subprocess.run(resume, cwd=ROOT, capture_output=True, text=True, check=False)
    assert out.read_bytes() == whole
    assert aside.read_bytes() == (done / f"refused-{out.name}").read_bytes()
    summary = json.loads(last.stdout)
    assert (last.returncode, summary["lines"], summary["refused"]) == (2, COUNT, len(REFUSED))


def test_killing_a_run_leaves_no_worker_behind(tmp_path: Path) -> None:
    source = write(tmp_path / "in.ndjson", exams(COUNT))
    process = subprocess.Popen(
        command(source, tmp_path / "out.ndjson", "--workers", "2"),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not children.exists():
        pytest.skip("no /proc on this system")
    while process.poll() is None and not (tmp_path / "out.ndjson").exists():
        time.sleep(0.01)
    while len(workers := children.read_text().split()) < 2:
        time.sleep(0.01)
    process.kill()
    process.wait()
    deadline = time.monotonic() + 20
    while any(Path(f"/proc/{pid}/cmdline").exists() and _alive(pid) for pid in workers):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _alive(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _heed_ctrl_c() -> None:
    """A shell starts background commands with SIGINT ignored, and children inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("lost", ["worker", "run"])
def test_a_lost_worker_and_ctrl_c_are_told_and_gone_on_with(done: Path, tmp_path: Path, lost: str) -> None:
    out = tmp_path / "out.ndjson"
    process = subprocess.Popen(
        command(done / "in.ndjson", out, "--workers", "2"), cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
        preexec_fn=_heed_ctrl_c,
    )  # fmt: skip
    while process.poll() is None and not (out.exists() and out.stat().st_size):
        time.sleep(0.01)
    if lost == "worker":
        child = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0]
        os.kill(int(child), signal.SIGKILL)
    else:
        process.send_signal(signal.SIGINT)
    message = process.communicate()[1].decode()
    assert process.returncode == 1
    assert ("s'est arrêté" if lost == "worker" else "Interrompu") in message
    assert "--resume" in message
    assert "Traceback" not in message
    subprocess.run(command(done / "in.ndjson", out, "--resume"), cwd=ROOT, capture_output=True, check=False)
    assert out.read_bytes() == (done / "out.ndjson").read_bytes()


def test_a_finished_run_is_not_done_again(done: Path) -> None:
    before = (done / "out.ndjson").stat().st_mtime_ns
    assert run(job(done, resume=True)).tally.lines == COUNT
    assert (done / "out.ndjson").stat().st_mtime_ns == before


def test_a_run_without_journal_begins_at_the_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "in.ndjson", exams(2))
    assert run(job(tmp_path, resume=True)).tally.written == 2
    assert "aucun journal" in capsys.readouterr().err


def _interrupted(folder: Path) -> Path:
    """A folder whose run has committed its first chunk only."""
    write(folder / "in.ndjson", exams(40))
    run(job(folder))
    journal = folder / "out.ndjson.journal"
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:3]))
    return folder


@pytest.mark.parametrize("change", ["shorter", "edited", "kind", "clock", "output", "header"])
def test_what_changed_meanwhile_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], change: str) -> None:
    source, out = _interrupted(tmp_path) / "in.ndjson", tmp_path / "out.ndjson"
    options, text = ["--clock", CLOCK], source.read_bytes()
    if change == "shorter":
        write(source, exams(33))
    elif change == "edited":
        position = text.index(exam(31)) + 10
        source.write_bytes(text[:position] + b"X" + text[position + 1 :])
    elif change == "kind":
        options += ["--kind", "text"]
    elif change == "clock":
        options = ["--clock", "2020-01-01T00:00:00Z"]
    elif change == "output":
        out.write_bytes(b"")
    else:
        (tmp_path / "out.ndjson.journal").write_bytes(b"00000000 {}\n" * 3)
    status = main(["batch", str(source), "--out", str(out), "--workers", "1", "--resume", *options])
    said = capsys.readouterr().err
    assert (status, "aucun journal" in said) == ((0, True) if change == "header" else (1, False))
    assert change == "header" or "impossible" in said


def test_standard_input_is_read_again(done: Path, tmp_path: Path) -> None:
    _interrupted(tmp_path)
    whole = (tmp_path / "out.ndjson").read_bytes()
    out = tmp_path / "again.ndjson"
    data = (tmp_path / "in.ndjson").read_bytes()
    first = subprocess.run(
        command(Path("-"), out, "--workers", "1"), cwd=ROOT, input=data, capture_output=True, check=False
    )
    assert first.returncode == 0
    journal = tmp_path / "again.ndjson.journal"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:2]))
    subprocess.run(command(Path("-"), out, "--resume"), cwd=ROOT, input=data, capture_output=True, check=False)
    assert out.read_bytes() == whole
    assert accession_numbers(whole) == [f"ACC{n:05}" for n in range(40)]
