"""The audit trail as FHIR, and from the command line: what was written, that it still is, what another sees of it."""

from __future__ import annotations

import json
import sqlite3
from itertools import pairwise
from pathlib import Path

import pytest
from fhir.resources.R4B.auditevent import AuditEvent

from reporter.cli import main
from reporter.delivery import audit
from reporter.delivery.store import Entry, Store
from reporter.fhir.check import check_resource

ENTRIES = [
    Entry("login", "success", actor="u1", actor_name="Dr Œuvre", entity="user", entity_id="u1"),
    Entry("login", "refused", detail={"locked": True}),
    Entry(
        "report.view", "success", actor="u1", entity="report", entity_id="r1", patient="P-1", correlation="abc-12345"
    ),
    Entry("draft.change", "success", actor="u1", entity="draft", entity_id="d1"),
    Entry(
        "report.sign", "success", actor="u1", entity="report", entity_id="r1", patient="P-1", detail={"status": "final"}
    ),
    Entry("report.export", "success", actor="u1", entity="report", entity_id="r1", detail={"file": "bundle.json"}),
    Entry("deliver", "success", actor="deliver", entity="report", entity_id="r1", detail={"target": "ris", "n": 1}),
    Entry("deliver", "failure", actor="deliver", entity="report", entity_id="r1"),
    Entry("access.refused", "refused", actor="u2", entity="draft", entity_id="d1", detail={"status": 403, "asked": ""}),
    Entry("api.search", "success", actor="u3", entity="Patient", detail={"token": "t1"}),
    Entry("draft.delete", "success", actor="u1", entity="draft", entity_id="d1"),
    Entry("logout", "success", actor="u1"),
    Entry("something.else", "failure"),
]
WANTED = {
    "login": ("110114", "E"),
    "report.view": ("rest", "R"),
    "draft.change": ("rest", "U"),
    "report.sign": ("rest", "C"),
    "report.export": ("110106", "R"),
    "deliver": ("110106", "E"),
    "access.refused": ("110113", "E"),
    "api.search": ("rest", "R"),
    "draft.delete": ("rest", "D"),
    "something.else": ("rest", "E"),
}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    store = Store(f"sqlite:///{tmp_path / 'reporter.sqlite'}")
    for entry in ENTRIES:
        store.audit(entry)
    store.close()
    return tmp_path


def exported(data: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    assert main(["audit", "export", "--data", str(data)]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_every_event_is_a_valid_audit_event(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    events = exported(data, capsys)
    assert len(events) == len(ENTRIES)
    for event in events:
        assert check_resource(event) == []
        AuditEvent.model_validate(event)
    assert len({event["id"] for event in events}) == len(events)


def test_an_event_says_who_what_and_how_it_ended(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for entry, event in zip(ENTRIES, exported(data, capsys), strict=True):
        assert event["outcome"] == {"success": "0", "refused": "4", "failure": "8"}[entry.outcome]
        if entry.action in WANTED:
            assert (event["type"]["code"], event["action"]) == WANTED[entry.action]
        assert event["agent"][0]["who"]["identifier"]["value"] == (entry.actor or "anonymous")
        people = [e["what"]["identifier"]["value"] for e in event["entity"] if e["type"]["code"] == "1"]
        assert people == ([entry.patient] if entry.patient else [])


def test_the_chain_is_in_the_export(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    details = [{d["type"]: d["valueString"] for d in event["entity"][0]["detail"]} for event in exported(data, capsys)]
    assert [d["seq"] for d in details] == [str(n + 1) for n in range(len(ENTRIES))]
    assert all(after["previous"] == before["hash"] for before, after in pairwise(details))


def verified(data: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, dict[str, object]]:
    code = main(["audit", "verify", "--data", str(data), *more])
    return code, json.loads(capsys.readouterr().out)


def alter(data: Path, *statements: str) -> None:
    connection = sqlite3.connect(data / "reporter.sqlite")
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f'DROP TRIGGER "{name}"')
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit SET outcome = 'success' WHERE seq = 2", 2),
        ("UPDATE audit SET detail = '{}' WHERE seq = 9", 9),
        ("UPDATE audit SET at = datetime(at, '+1 hour') WHERE seq = 4", 4),
        ("DELETE FROM audit WHERE seq = 3", 3),
        ("DELETE FROM audit WHERE seq = 1", 1),
    ],
)
def test_a_line_changed_or_removed_is_found(
    data: Path, capsys: pytest.CaptureFixture[str], statement: str, broken: int
) -> None:
    assert verified(data, capsys)[0] == 0
    alter(data, statement)
    code, said = verified(data, capsys)
    assert (code, said["intact"], said["broken"]) == (2, False, broken)


def test_a_tail_cut_off_is_seen_with_a_head_kept_elsewhere(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = str(verified(data, capsys)[1]["head"])
    alter(data, "DELETE FROM audit WHERE seq > 10")
    assert verified(data, capsys)[0] == 0
    assert verified(data, capsys, "--head", head)[0] == 2
    assert main(["audit", "verify", "--data", str(data), "--head", "x"]) == 1


def test_codes_are_those_of_the_value_sets() -> None:
    """FHIR R4: valueset-audit-event-type, -sub-type, codesystem-restful-interaction, -audit-event-action."""
    kinds = {audit.kind_of(event) for event in (*WANTED, "logout", "order.view", "report.print", "token.revoke")}
    assert {kind.dcm for kind in kinds} <= {"", "110106", "110113", "110114"}
    assert {kind.subtype for kind in kinds} <= {
        "", "110122", "110123", "read", "search", "create", "update", "delete", "operation",
    }  # fmt: skip
    assert {kind.action for kind in kinds} <= set("CRUDE")


REFUSED = [
    ["create", "x"], ["close", "nobody"], ["close"], ["token", "ris"], ["token", "martin", "--scope", "x"],
    ["token", "martin", "--scope", "system/*.read"], ["password", "ris"],
    ["create", "martin", "--name", "X", "--role", "secretary"],
]  # fmt: skip


def test_accounts_and_tokens_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--data", str(tmp_path / "new")]

    def said(*words: str) -> str:
        assert main(["users", *words, *where]) == 0
        return capsys.readouterr().out

    password = said("create", "martin", "--name", "Dr Martin", "--role", "radiologist").rpartition(" : ")[2].strip()
    said("create", "ris", "--name", "RIS", "--role", "integrator")
    token = said("token", "ris", "--scope", "system/*.read").rpartition(" : ")[2].strip()
    assert said("password", "martin").rpartition(" : ")[2].strip() != password
    said("close", "martin")
    users = {user["login"]: user for user in json.loads(said("list"))}
    assert users["martin"]["open"] is False and users["ris"]["tokens"][0]["scopes"] == ["system/*.read"]
    said("revoke", users["ris"]["tokens"][0]["id"])
    kept = (tmp_path / "new" / "reporter.sqlite").read_bytes()
    assert password.encode() not in kept and token.encode() not in kept
    for wrong in REFUSED:
        assert main(["users", *wrong, *where]) == 1
        assert "Traceback" not in capsys.readouterr().err
