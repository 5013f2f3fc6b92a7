"""Java programs of this folder: class path from Maven Central, compiled once, kept by content.

`python -m tools.conformance.java` prepares both (exit 3 when they cannot be had); it needs the standard library only.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.conformance.store import CannotRunError, digest, home, write

PROGRAMS = {"hapi": "HapiCheck", "server": "HapiServer"}
TIMEOUT = 540
"""Seconds for Maven to bring the libraries (about 150 MB for the validator, 290 MB for the server)."""


def tool(name: str) -> str:
    """The path of a JDK or Maven command."""
    found = shutil.which(name)
    if not found:
        raise CannotRunError(f"{name} is not installed")
    return found


def command(folder: Path, program: str, *options: str) -> list[str]:
    """The command that starts `program` of a folder holding pom.xml and its source."""
    java = tool("java")
    built = home() / "java" / f"{program}-{digest(folder)[:20]}"
    libraries = built / "classpath"
    if not (built / "classes").is_dir() or not libraries.exists() or not _complete(libraries):
        _build(folder, program, built)
    path = os.pathsep.join([str(built / "classes"), libraries.read_text(encoding="utf-8")])
    return [java, *options, "-cp", path, program]


def _complete(libraries: Path) -> bool:
    return all(Path(name).exists() for name in libraries.read_text(encoding="utf-8").split(os.pathsep))


def _build(folder: Path, program: str, built: Path) -> None:
    javac, maven = tool("javac"), tool("mvn")
    built.mkdir(parents=True, exist_ok=True)
    listed = built / "classpath.new"
    goal = ["dependency:build-classpath", f"-Dmdep.outputFile={listed}"]
    _run([maven, "-q", "-B", "-f", str(folder / "pom.xml"), *goal])
    libraries = listed.read_text(encoding="utf-8").strip()
    out = ["-proc:none", "-nowarn", "-encoding", "UTF-8", "-d", str(built / "classes")]
    _run([javac, *out, "-cp", libraries, str(folder / f"{program}.java")])
    write(built / "classpath", libraries)


def library(folder: Path, program: str, name: str) -> Path:
    """The jar of the class path whose file name begins with `name`."""
    path = command(folder, program)[-2].split(os.pathsep)
    return next(Path(jar) for jar in path if Path(jar).name.startswith(name))


def _run(arguments: list[str]) -> None:
    try:
        done = subprocess.run(arguments, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired as late:
        raise CannotRunError(f"{Path(arguments[0]).name}: no answer in {TIMEOUT} s") from late
    if done.returncode:
        raise CannotRunError(f"{Path(arguments[0]).name}: {(done.stdout + done.stderr).strip()[-600:]}")


def main() -> int:
    """Prepare every program."""
    try:
        for folder, program in PROGRAMS.items():
            command(Path(__file__).parent / folder, program)
    except CannotRunError as reason:
        print(f"could not run: {reason}", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
