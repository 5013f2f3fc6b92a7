import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from reporter.delivery.store import DatabaseUrlError, NewerSchemaError, Store, schema
from reporter.delivery.store.database import open_engine
from reporter.delivery.store.tables import metadata
from tests.delivery.store_samples import ROOT, bundle, signed, signing

FORM = """
CREATE TABLE drafts (id VARCHAR(36) PRIMARY KEY, owner VARCHAR(200) NOT NULL, exam_def VARCHAR(100) NOT NULL,
 document TEXT NOT NULL, version INTEGER NOT NULL, created {time} NOT NULL, updated {time} NOT NULL);
CREATE TABLE reports (id VARCHAR(200) PRIMARY KEY, patient_key VARCHAR(300), patient_name VARCHAR(300),
 title VARCHAR(300) NOT NULL, exam_def VARCHAR(100) NOT NULL, exam_date VARCHAR(10) NOT NULL, words TEXT NOT NULL,
 latest INTEGER NOT NULL, status VARCHAR(40) NOT NULL, signed_at {time} NOT NULL);
CREATE TABLE versions (report_id VARCHAR(200) NOT NULL REFERENCES reports (id), n INTEGER NOT NULL,
 draft_id VARCHAR(36) NOT NULL UNIQUE, status VARCHAR(40) NOT NULL, signed_at {time} NOT NULL,
 signer VARCHAR(200) NOT NULL, input TEXT NOT NULL, text TEXT NOT NULL, html TEXT NOT NULL, bundle TEXT NOT NULL,
 edits TEXT NOT NULL, sha256 VARCHAR(64) NOT NULL, PRIMARY KEY (report_id, n));
CREATE TABLE requests (id VARCHAR(36) PRIMARY KEY, payload TEXT NOT NULL, received {time} NOT NULL);
INSERT INTO drafts VALUES ('d1', 'demo', 'dxa', '{{"a":1}}', 3,
 '2024-01-01 10:00:00+00:00', '2024-01-02 10:00:00+00:00');
INSERT INTO drafts VALUES ('d2', 'demo', 'dxa', '{{"a":2}}', 1,
 '2024-01-01 10:00:00+00:00', '2024-01-01 10:00:00+00:00');
"""
SIGNED = """INSERT INTO {table} VALUES {values}"""
OPENER = "import sys; from reporter.delivery.store import Store; Store(sys.argv[1]).close()"


def form_database(engine: Engine, text: str) -> None:
    """A database as the form made it before there were revisions, with one signed report."""
    time = "DATETIME" if engine.dialect.name == "sqlite" else "TIMESTAMP WITH TIME ZONE"
    with engine.begin() as connection:
        for statement in FORM.format(time=time).strip().split(";\n"):
            connection.exec_driver_sql(statement.rstrip(";"))
        at = "2024-01-05 10:00:00+00:00"
        report = ("CR-1", "IPP|1", "X", "IRM", "mr_pelvis", "2024-01-05", "cr-1 x irm", 1, "final", at)
        version = ("CR-1", 1, "d0", "final", at, "Dr M", "{}", "Œ", "<p/>", text, "{}", "0" * 64)
        mark = "?" if engine.dialect.name == "sqlite" else "%s"
        for table, values in (("reports", report), ("versions", version)):
            connection.exec_driver_sql(
                SIGNED.format(table=table, values=f"({', '.join([mark] * len(values))})"), values
            )


def test_the_tables_are_those_the_revisions_make(store: Store) -> None:
    with store.engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    assert [change for change in found if "alembic_version" not in str(change)] == []


def test_the_last_revision_is_the_one_we_want() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [schema.HEAD]


def test_a_database_of_the_form_is_brought_up_to_date(url: str) -> None:
    engine = open_engine(url)
    form_database(engine, bundle({"resourceType": "Patient", "id": "p1"}))
    engine.dispose()
    store = Store(url)
    assert [d.id for d in store.drafts("demo")] == ["d1", "d2"]
    assert store.draft("d1").document == {"a": 1}
    assert store.version("CR-1", 1).text == "Œ"
    assert store.reports_holding("Patient", "p1") == ["CR-1"]
    signed(store, signing("CR-2"))
    assert [r.id for r in store.search()] == ["CR-2", "CR-1"]
    store.close()
    Store(url).close()


def test_a_newer_database_is_refused_and_left_as_it_is(store: Store, url: str) -> None:
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(NewerSchemaError) as refused:
        Store(url)
    assert "9999" in str(refused.value)


def test_many_processes_open_a_new_database_at_once(url: str) -> None:
    command = [sys.executable, "-c", OPENER, url]
    running = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) for _ in range(4)]
    ended = [(process.communicate()[1], process.returncode) for process in running]
    assert [(code, text.decode()) for text, code in ended] == [(0, "")] * 4
    store = Store(url)
    signed(store, signing())
    store.close()


@pytest.mark.parametrize("url", ["", "mysql://u:secret@h/d", "nothing", "postgresql+other://u:secret@h/d"])
def test_another_database_is_refused_without_repeating_its_password(url: str) -> None:
    with pytest.raises(DatabaseUrlError) as refused:
        Store(url)
    assert "secret" not in str(refused.value)
