"""`reporter batch` in this process: what each line becomes, and where."""

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from reporter.batch.records import MAX_LINE
from reporter.cli import main
from tests.batch.samples import CLOCK, ROOT, SAMPLES, accession_numbers, exam, exams, write


def batch(source: Path | str, out: Path | str, *options: str) -> int:
    return main(["batch", str(source), "--out", str(out), "--clock", CLOCK, "--workers", "1", *options])


def refusals(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_each_line_becomes_the_bundle_that_render_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = [text for text in SAMPLES if '"dxa"' in text or "fracture" in text][:3]
    lines = [" ".join(text.split("\n")).encode() for text in texts]
    assert batch(write(tmp_path / "in.ndjson", lines), tmp_path / "out.ndjson") == 0
    assert json.loads(capsys.readouterr().out)["written"] == 3
    for text, line in zip(texts, (tmp_path / "out.ndjson").read_bytes().splitlines(), strict=True):
        (tmp_path / "one.json").write_text(text, encoding="utf-8")
        assert main(["render", str(tmp_path / "one.json"), "--out", str(tmp_path / "one"), "--clock", CLOCK]) == 0
        rendered = (tmp_path / "one" / "bundle.json").read_bytes()
        assert json.loads(line, parse_float=str) == json.loads(rendered, parse_float=str)
    assert (tmp_path / "out.refused.ndjson").read_bytes() == b""


def test_refused_lines_go_aside_with_their_number_and_their_record(tmp_path: Path) -> None:
    lines = [exam(0), b"", exam(1, region="atlantis"), b"{", "é".encode("latin-1"), b'{"a":1,"a":2}', b"[]", exam(2)]
    lines.append(b'{"x":"' + b"a" * MAX_LINE + b'"}')
    lines.append(exam(3))
    assert batch(write(tmp_path / "in.ndjson", lines), tmp_path / "out.ndjson") == 2
    assert accession_numbers((tmp_path / "out.ndjson").read_bytes()) == ["ACC00000", "ACC00002", "ACC00003"]
    found = refusals(tmp_path / "out.refused.ndjson")
    codes = {entry["line"]: [issue["code"] for issue in entry["issues"]] for entry in found}
    assert {number: codes[number][0] for number in codes} == {
        3: "V-CODE",
        4: "RPT-JSON",
        5: "RPT-JSON",
        6: "RPT-JSON",
        7: "RPT-TYPE",
        9: "RPT-LINE",
    }
    assert found[0]["id"] == "ACC00001"
    assert found[0]["record"] == json.loads(lines[2])
    assert "trop longue" in found[-1]["issues"][0]["message"]


def test_a_byte_order_mark_crlf_and_a_missing_last_line_feed_change_nothing(tmp_path: Path) -> None:
    plain = write(tmp_path / "plain.ndjson", exams(3))
    other = tmp_path / "other.ndjson"
    other.write_bytes(b"\xef\xbb\xbf" + b"\r\n".join(exams(3)))
    assert batch(plain, tmp_path / "a.ndjson") == batch(other, tmp_path / "b.ndjson") == 0
    assert (tmp_path / "a.ndjson").read_bytes() == (tmp_path / "b.ndjson").read_bytes()


def test_gzip_by_name_on_both_sides(tmp_path: Path) -> None:
    lines = exams(70, refused=(5, 69))
    plain = write(tmp_path / "in.ndjson", lines)
    packed = tmp_path / "in.ndjson.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()[:9000]) + gzip.compress(plain.read_bytes()[9000:]))
    refused = tmp_path / "bad.ndjson.gz"
    assert batch(plain, tmp_path / "a.ndjson") == 2
    assert batch(packed, tmp_path / "b.ndjson.gz", "--refused", str(refused)) == 2
    assert gzip.decompress((tmp_path / "b.ndjson.gz").read_bytes()) == (tmp_path / "a.ndjson").read_bytes()
    assert gzip.decompress(refused.read_bytes()) == (tmp_path / "a.refused.ndjson").read_bytes()


def test_a_damaged_gzip_file_is_told_after_its_readable_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packed = tmp_path / "in.ndjson.gz"
    packed.write_bytes(gzip.compress(b"\n".join(exams(2)) + b"\n") + gzip.compress(exam(2))[:-30])
    assert batch(packed, tmp_path / "out.ndjson") == 1
    assert "abîmé" in capsys.readouterr().err
    assert accession_numbers((tmp_path / "out.ndjson").read_bytes()) == ["ACC00000", "ACC00001"]


def test_an_empty_input_gives_empty_outputs(tmp_path: Path) -> None:
    empty = write(tmp_path / "in.ndjson", [])
    assert batch(empty, tmp_path / "out.ndjson.gz") == 0
    assert gzip.decompress((tmp_path / "out.ndjson.gz").read_bytes()) == b""


KINDS = [("transaction", '"transaction"'), ("text", "CONCLUSION"), ("report", '"sentences"')]


@pytest.mark.parametrize(("kind", "holds"), KINDS)
def test_other_kinds(tmp_path: Path, kind: str, holds: str) -> None:
    assert batch(write(tmp_path / "in.ndjson", exams(1)), tmp_path / "out.ndjson", "--kind", kind) == 0
    line = (tmp_path / "out.ndjson").read_text(encoding="utf-8")
    assert json.loads(line)
    assert holds.lower() in line.lower()


def test_input_and_outputs_must_differ(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = write(tmp_path / "in.ndjson", exams(1))
    before = source.read_bytes()
    assert batch(source, source) == 1
    assert batch(source, tmp_path / "out.ndjson", "--refused", str(tmp_path / "out.ndjson")) == 1
    assert source.read_bytes() == before
    assert "différents" in capsys.readouterr().err


def test_standard_streams(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "reporter.cli", "batch", "-", "--out", "-", "--clock", CLOCK, "--workers", "2"]
    data = b"\n".join(exams(40, refused=(3,)))
    done = subprocess.run(command, cwd=ROOT, input=data, capture_output=True, check=False)
    assert done.returncode == 2
    assert accession_numbers(done.stdout) == [f"ACC{n:05}" for n in range(40) if n != 3]
    refused, _, summary = done.stderr.decode().partition("\n")
    assert json.loads(refused)["id"] == "ACC00003"
    assert json.loads(summary)["refused"] == 1


@pytest.mark.parametrize("options", [["--workers", "0"], ["--kind", "other"]])
def test_wrong_usage_is_a_failure(tmp_path: Path, options: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        batch(write(tmp_path / "in.ndjson", []), tmp_path / "out.ndjson", *options)
    assert stopped.value.code == 1
