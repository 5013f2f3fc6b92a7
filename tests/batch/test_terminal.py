"""What a person sees while a batch runs."""

import contextlib
import os
import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from tests.batch.samples import ROOT, exams, write

fcntl = pytest.importorskip("fcntl", reason="no terminals on this system")
pty = pytest.importorskip("pty", reason="no terminals on this system")
termios = pytest.importorskip("termios", reason="no terminals on this system")
tty = pytest.importorskip("tty", reason="no terminals on this system")


def test_a_terminal_sees_a_bar_with_the_rate_and_the_time_that_remains(tmp_path: Path) -> None:
    source = write(tmp_path / "in.ndjson", exams(96, refused=(3,)))
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 120, 0, 0))
    command = [sys.executable, "-m", "reporter.cli", "batch", str(source), "--out", str(tmp_path / "out.ndjson")]
    process = subprocess.Popen(command, cwd=ROOT, stderr=theirs, stdout=subprocess.DEVNULL)
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):
        while read := os.read(ours, 4096):
            shown += read
    assert process.wait() == 2
    bars = shown.decode().split("\r")
    assert re.search(r"^100 % \|█+\| 96 examens, \d+/s, 1 refusés \[\d\d:\d\d < 00:00\]", bars[-1]), bars
    assert len(bars) > 3
