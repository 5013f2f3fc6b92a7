"""Clients we did not write against a server in a process of its own: fhirpy (sync and async), curl, the guide."""

import asyncio
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from fhirpy import AsyncFHIRClient, SyncFHIRClient
from fhirpy.base.exceptions import OperationOutcome, ResourceNotFound

from tests.api.conftest import Server
from tests.api.samples import ROOT, SAMPLE, findings, request_bundle, sample_input
from tests.api.service import only

BLOCK = re.compile(r"^```sh service\n(.*?)^```$", re.MULTILINE | re.DOTALL)
GUIDE = (ROOT / "docs" / "integrator-guide.md").read_text(encoding="utf-8")


@pytest.fixture
def sync(server: Server) -> SyncFHIRClient:
    return SyncFHIRClient(f"{server.url}/fhir", authorization=f"Bearer {server.token}")


def test_fhirpy_sends_a_request_and_finds_it_again(sync: SyncFHIRClient) -> None:
    answer = sync.execute("", method="post", data=request_bundle(number="DEM-PY"))
    assert answer["link"][0]["relation"] == "edit-form"
    orders = sync.resources("ServiceRequest").search(accession="ACC-PY").include("ServiceRequest", "patient")
    found = orders.fetch_raw()
    assert [r["resourceType"] for r in (e.resource for e in found.entry)] == ["ServiceRequest", "Patient"]
    order = sync.resources("ServiceRequest").search(identifier="urn:oid:1.2.250.1.999.2|DEM-PY").get()
    patient = order["subject"].to_resource()
    assert patient["birthDate"] == "1950-03-02"
    assert sync.resources("ServiceRequest").search(accession="ACC-PY").count() == 1


def test_fhirpy_pages_through_what_there_is(sync: SyncFHIRClient) -> None:
    for number in range(5):
        sync.execute("", method="post", data=request_bundle(number=f"DEM-P{number}"))
    wanted = ",".join(f"ACC-P{number}" for number in range(5))
    every = sync.resources("ServiceRequest").search(accession=wanted).limit(2).fetch_all()
    assert {r["identifier"][0]["value"] for r in every} == {f"DEM-P{number}" for number in range(5)}
    assert len(every) == 5


def test_fhirpy_gets_a_finished_report_or_every_problem(sync: SyncFHIRClient) -> None:
    document = sync.execute("DiagnosticReport/$generate", method="post", data=sample_input())
    assert document["entry"][0]["resource"]["resourceType"] == "Composition"
    assert only(sync.execute("", method="post", data=findings()), "DiagnosticReport")
    with pytest.raises(OperationOutcome) as refused:
        sync.execute("DiagnosticReport/$generate", method="post", data={**sample_input(), "patient": {}})
    issues = (
        json.loads(str(refused.value))["issue"]
        if str(refused.value).startswith("{")
        else refused.value.resource["issue"]
    )
    assert "required" in {issue["code"] for issue in issues}
    with pytest.raises(ResourceNotFound):
        sync.reference("Patient", "none").to_resource()


def test_fhirpy_async_does_the_same(server: Server) -> None:
    async def play() -> tuple[dict, int]:
        client = AsyncFHIRClient(f"{server.url}/fhir", authorization=f"Bearer {server.token}")
        bundles = [request_bundle(number=f"DEM-A{n}") for n in range(4)]
        await asyncio.gather(*(client.execute("", method="post", data=bundle) for bundle in bundles))
        wanted = ",".join(f"ACC-A{n}" for n in range(4))
        count = await client.resources("ServiceRequest").search(accession=wanted).count()
        return await client.execute("metadata", method="get"), count

    metadata, count = asyncio.run(play())
    assert (metadata["fhirVersion"], count) == ("4.0.1", 4)


def curl(server: Server, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = ["curl", "-sS", "-H", f"Authorization: Bearer {server.token}", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)


def test_curl_sends_fifty_megabytes_and_the_server_stays_small(server: Server, tmp_path: Path) -> None:
    body = tmp_path / "large.json"
    body.write_bytes(b'{"resourceType": "Bundle", "x": "' + b"a" * (50 * 1024 * 1024) + b'"}')
    before = peak_memory(server.process.pid)
    for extra in ([], ["-H", "Transfer-Encoding: chunked"]):
        done = curl(
            server, "-w", "\n%{http_code}", "-H", "Content-Type: application/fhir+json", "-H", "Expect:", *extra,
            "--data-binary", f"@{body}", f"{server.url}/fhir",
        )  # fmt: skip
        text, _, status = done.stdout.rpartition("\n")
        assert status == "413"
        assert json.loads(text)["resourceType"] == "OperationOutcome"
    assert peak_memory(server.process.pid) - before < 64 * 1024


def peak_memory(pid: int) -> int:
    """Kilobytes, the most the process ever had in memory."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1])  # type: ignore[index]


def test_the_guide_has_examples() -> None:
    assert len(BLOCK.findall(GUIDE)) >= 8


@pytest.mark.parametrize("block", BLOCK.findall(GUIDE), ids=lambda block: block.split("\n")[0][:50])
def test_every_example_of_the_guide_does_what_it_says(server: Server, tmp_path: Path, block: str) -> None:
    """A block runs as it stands; the lines it shows after `# →` are in what it prints."""
    shutil.copy(SAMPLE / "input.json", tmp_path / "exam.json")
    shutil.copy(SAMPLE / "bundle.json", tmp_path / "findings.json")
    (tmp_path / "request.json").write_text(json.dumps(request_bundle()), encoding="utf-8")
    environment = {**os.environ, "FHIR": f"{server.url}/fhir", "API": f"{server.url}/api", "TOKEN": server.token}
    done = subprocess.run(
        ["/bin/bash", "-euo", "pipefail", "-c", block], cwd=tmp_path, env=environment, capture_output=True, text=True,
        check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    for expected in re.findall(r"^# → (.+)$", block, re.MULTILINE):
        assert expected.strip() in done.stdout, done.stdout
