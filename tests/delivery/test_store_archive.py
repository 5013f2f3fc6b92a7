import json
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from reporter.cli import main
from reporter.delivery.store import Answer, ArchiveError, Entry, NewOrder, NewUser, Patient, Store
from reporter.delivery.store.backup import backup, restore
from reporter.delivery.store.tables import metadata
from tests.delivery.store_samples import bundle, example, signed, signing


@pytest.fixture
def other(url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A second database of the same kind."""
    if url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'other' / 'again.db'}"
        return
    cluster = request.getfixturevalue("postgres")
    made = cluster.database()
    yield made
    cluster.drop(made)


@pytest.fixture
def filled(store: Store) -> Store:
    signed(store, signing(bundle=example(), edits={"addenda": [{"text": "œ ≥ 3 °\u2028"}]}))
    signed(store, signing(status="corrected", text="Œdème."))
    patient = {"resourceType": "Patient", "id": "p1"}
    signed(store, signing("CR-2", bundle=bundle(patient)))
    user = store.create_user(NewUser("martin", "Dr Martin", "radiologist"))
    store.create_token(user.id, "PACS", "abc", ("system/Patient.read",))
    store.audit(Entry("view", "success", user.id, detail={"n": 1}))
    store.put_order(NewOrder("urn:ris|A1", {"patient": {}}, patient=Patient("IPP|1", "X")), [patient])
    store.begin_key("k", "h")
    store.finish_key("k", Answer(201, {}, b"\x00\xff"))
    store.create_draft("demo", "mr_pelvis", {"a": 1})
    store.claim("ris")
    return store


def everything(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, in an order of its own."""
    with store.engine.connect() as connection:
        rows = {name: connection.execute(select(table)).all() for name, table in metadata.tables.items()}
        return {name: sorted(map(tuple, found), key=str) for name, found in rows.items()}


def exported(store: Store, path: Path) -> Path:
    path.write_text("".join(store.export_lines()), encoding="utf-8", newline="\n")
    return path


def taken_in(url: str, path: Path) -> tuple[int, int]:
    store = Store(url)
    try:
        with path.open(encoding="utf-8", newline="\n") as file:
            done = store.import_lines(file)
    finally:
        store.close()
    return done.added, done.known


def test_a_backup_brings_back_every_row_and_life_goes_on(filled: Store, other: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    backup(filled, copy)
    before = everything(filled)
    signed(filled, signing("CR-9"))
    restore(copy, other)
    again = Store(other, targets=("ris",))
    assert everything(again) == before
    assert again.verify().problems == ()
    new = signed(again, signing("CR-3"))[1]
    assert (new.n, again.search()[0].id) == (1, "CR-3")
    assert again.deliveries(target="ris")[0].report_id == "CR-3"
    assert again.audit(Entry("view", "success")).seq == 2
    again.close()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith("copy")) == ["copy"]


def test_nothing_is_written_over(filled: Store, url: str, tmp_path: Path) -> None:
    copy, before = tmp_path / "copy", everything(filled)
    backup(filled, copy)
    content = copy.read_bytes()
    with pytest.raises(ArchiveError):
        backup(filled, copy)
    with pytest.raises(ArchiveError):
        restore(copy, url)
    assert copy.read_bytes() == content
    assert everything(filled) == before


@pytest.mark.parametrize("spoil", [lambda data: data[: len(data) // 2], lambda _: b"x", lambda _: b"\xff{}\n"])
def test_half_a_backup_is_refused(filled: Store, other: str, tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    copy = tmp_path / "copy"
    backup(filled, copy)
    copy.write_bytes(spoil(copy.read_bytes()))
    with pytest.raises(ArchiveError):
        restore(copy, other)
    if other.startswith("sqlite"):
        assert not Path(other.removeprefix("sqlite:///")).exists()
        return
    again = Store(other)
    assert again.search() == []
    again.close()


def test_a_backup_that_was_changed_is_refused_or_found_out(filled: Store, other: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    backup(filled, copy)
    copy.write_bytes(copy.read_bytes().replace("Œdème.".encode(), "Œdèmx.".encode()))
    if not other.startswith("sqlite"):
        with pytest.raises(ArchiveError):
            restore(copy, other)
        return
    restore(copy, other)
    again = Store(other)
    assert [problem.code for problem in again.verify().problems] == ["content"]
    again.close()


def test_exported_versions_come_back_with_their_hashes(filled: Store, other: str, tmp_path: Path) -> None:
    file = exported(filled, tmp_path / "out.ndjson")
    Path(other.removeprefix("sqlite:///")).parent.mkdir(exist_ok=True, parents=True) if "sqlite" in other else None
    assert taken_in(other, file) == (3, 0)
    again = Store(other)
    for report in ("CR-1", "CR-2"):
        assert again.versions(report) == filled.versions(report)
        assert again.report(report) == filled.report(report)
    assert again.version("CR-1", 1).bundle == example()
    assert again.reports_holding("Patient", "p1") == ["CR-2"]
    assert again.deliveries() == []
    assert again.verify().problems == ()
    assert "".join(again.export_lines()) == file.read_text(encoding="utf-8")
    assert taken_in(other, file) == (0, 3)
    signed(again, signing("CR-1", status="corrected"))
    assert again.report("CR-1").latest == 3
    again.close()


def changed(line: str, **values: object) -> str:
    return json.dumps({**json.loads(line), **values}, ensure_ascii=False) + "\n"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda lines: lines[:-1],
        lambda lines: lines[:2] + lines[3:],
        lambda lines: [*lines[:1], changed(lines[1], text="autre"), *lines[2:]],
        lambda lines: [*lines[:1], changed(lines[1], sha256="0" * 64), *lines[2:]],
        lambda lines: [*lines[:1], changed(lines[1], n="1"), *lines[2:]],
        lambda lines: ['{"format":"other"}\n', *lines[1:]],
        lambda lines: [*lines[:1], "{\n", *lines[1:]],
        lambda lines: [*lines, lines[1]],
        lambda _: [],
        lambda _: ["[]\n"],
    ],
)
def test_a_spoilt_export_is_refused_as_a_whole(
    filled: Store, tmp_path: Path, spoil: Callable[[list[str]], list[str]]
) -> None:
    lines = list(filled.export_lines())
    empty = Store(f"sqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(ArchiveError):
        empty.import_lines(spoil(lines))
    assert empty.search() == []
    empty.close()


def test_another_content_of_the_same_version_is_refused(filled: Store, tmp_path: Path) -> None:
    elsewhere = Store(f"sqlite:///{tmp_path / 'elsewhere.db'}")
    signed(elsewhere, signing("CR-2", text="autre"))
    with pytest.raises(ArchiveError, match="CR-2"):
        filled.import_lines(elsewhere.export_lines())
    elsewhere.close()
    assert filled.version("CR-2", 1).text == "Pas d’œdème."


@pytest.mark.parametrize(
    ("act", "code"),
    [
        ("UPDATE versions SET text = 'x' WHERE report_id = 'CR-2'", "content"),
        ("DELETE FROM versions WHERE report_id = 'CR-1' AND n = 1", "missing"),
        ("UPDATE reports SET latest = 7 WHERE id = 'CR-1'", "latest"),
        ("DELETE FROM holdings WHERE holder = 'report:CR-2'", "index"),
        ("UPDATE audit SET actor = 'x'", "audit"),
    ],
)
def test_what_was_changed_behind_our_back_is_found(filled: Store, act: str, code: str) -> None:
    checked = filled.verify()
    assert (checked.reports, checked.versions, checked.audit, checked.problems) == (2, 3, 1, ())
    sqlite = filled.engine.dialect.name == "sqlite"
    with filled.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM outbox")
        for table in ("versions", "audit"):
            for trigger in ("update", "delete"):
                connection.exec_driver_sql(f"DROP TRIGGER {table}_no_{trigger}{'' if sqlite else f' ON {table}'}")
        connection.exec_driver_sql(act)
    assert [problem.code for problem in filled.verify().problems] == [code]


def test_the_commands(filled: Store, url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def run(*words: object) -> tuple[int, str, str]:
        code = main(["store", *map(str, words)])
        return code, *capsys.readouterr()

    assert json.loads(run("verify", "--database", url)[1]) == {"reports": 2, "versions": 3, "audit": 1, "problems": []}
    out = tmp_path / "out.ndjson"
    assert run("export", out, "--database", url)[0] == 0
    assert run("export", "-", "--database", url)[1] == out.read_text(encoding="utf-8")
    code, _, said = run("export", out, "--database", url)
    assert (code, said) == (1, "Existe déjà : out.ndjson. Rien n'est écrasé.\n")
    assert json.loads(run("import", out, "--data", tmp_path / "new")[1]) == {"added": 3, "known": 0}
    assert run("backup", tmp_path / "copy", "--data", tmp_path / "new")[0] == 0
    code, text, _ = run("restore", tmp_path / "copy", "--data", tmp_path / "third")
    assert (code, json.loads(text)["versions"]) == (0, 3)
    assert run("restore", tmp_path / "copy", "--data", tmp_path / "third")[0] == 1
    code, _, said = run("verify", "--data", tmp_path / "nowhere")
    assert (code, "introuvable" in said) == (1, True)
    assert not (tmp_path / "nowhere").exists()
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    with closing(sqlite3.connect(tmp_path / "third" / "reporter.sqlite")) as database:
        database.execute("UPDATE reports SET latest = 9")
        database.commit()
    code, text, _ = run("verify", "--data", tmp_path / "third")
    assert (code, [p["code"] for p in json.loads(text)["problems"]]) == (2, ["latest"] * 2)
