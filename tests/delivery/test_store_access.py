import datetime as dt

import pytest
from sqlalchemy.exc import IntegrityError

from reporter.delivery.store import (
    Answer,
    DuplicateError,
    Entry,
    KeyBusyError,
    KeyReusedError,
    NewUser,
    Store,
    UnknownError,
)

HOUR = dt.timedelta(hours=1)
MARTIN = NewUser("Martin", "Dr Martin", "radiologist", "$argon2id$x", identifiers={"rpps": "10000000012"})


def test_an_account_is_found_whatever_the_case_and_is_there_once(store: Store) -> None:
    made = store.create_user(MARTIN)
    assert store.user_by_login(" MARTIN ") == made == store.user(made.id)
    assert (made.identifiers, made.active, made.epoch) == ({"rpps": "10000000012"}, True, 1)
    with pytest.raises(DuplicateError):
        store.create_user(NewUser("martin", "Autre", "resident"))
    assert store.user_by_login("nobody") is None
    with pytest.raises(UnknownError):
        store.user("nobody")


def test_only_the_first_account_is_the_first(store: Store) -> None:
    assert store.create_first_user(NewUser("admin", "Admin", "administrator")) is not None
    assert store.create_first_user(NewUser("other", "Other", "administrator")) is None
    assert [u.login for u in store.users()] == ["admin"]


def test_what_ends_the_open_sessions(store: Store) -> None:
    made = store.create_user(MARTIN)
    assert store.change_user(made.id, name="Dr M.").epoch == 1
    assert store.change_user(made.id, role="resident").epoch == 2
    assert store.change_user(made.id, active=False, password_hash="y").epoch == 3  # noqa: S106 - no password
    assert store.change_user(made.id, subject="https://idp#1").subject == "https://idp#1"
    assert store.user_by_subject("https://idp#1") == store.user(made.id)
    with pytest.raises(ValueError, match="epoch"):
        store.change_user(made.id, epoch=9)


def test_too_many_failures_lock_for_a_while(store: Store) -> None:
    made = store.create_user(MARTIN)
    now = dt.datetime.now(dt.UTC)
    counted = [store.login_failed(made.id, lock_after=3, lock_for=HOUR) for _ in range(3)]
    assert [u.failures for u in counted] == [1, 2, 0]
    assert [u.locked(now) for u in counted] == [False, False, True]
    assert not counted[-1].locked(now + 2 * HOUR)
    assert not store.unlock_user(made.id).locked(now)
    store.login_failed(made.id, lock_after=3, lock_for=HOUR)
    back = store.login_succeeded(made.id)
    assert back.failures == 0
    assert back.last_login is not None


def test_a_token_is_found_by_its_hash_until_revoked_for_good(store: Store) -> None:
    owner, now = store.create_user(MARTIN), dt.datetime.now(dt.UTC)
    made = store.create_token(
        owner.id, "PACS", "abc", ("system/DiagnosticReport.read", "system/Patient.read"), now + HOUR
    )
    assert store.token_by_hash("abc") == made
    assert (made.valid(now), made.valid(now + 2 * HOUR)) == (True, False)
    store.token_used(made.id)
    assert store.tokens(owner.id)[0].last_used is not None
    first = store.revoke_token(made.id)
    assert store.revoke_token(made.id).revoked == first.revoked
    found = store.token_by_hash("abc")
    assert found is not None
    assert not found.valid(now)
    assert store.tokens("other") == []
    with pytest.raises(UnknownError):
        store.create_token("nobody", "x", "def", ())
    with pytest.raises(DuplicateError):
        store.create_token(owner.id, "x", "abc", ())
    with pytest.raises(UnknownError):
        store.revoke_token("none")


def test_every_line_of_the_trail_holds_the_hash_of_the_one_before(store: Store) -> None:
    lines = [
        store.audit(Entry("view", "success", "u1", "Dr Œ", "report", f"CR-{n}", detail={"n": n})) for n in range(4)
    ]
    assert [line.seq for line in lines] == [1, 2, 3, 4]
    assert [line.previous for line in lines[1:]] == [line.hash for line in lines[:-1]]
    assert list(store.audit_iter()) == lines
    assert store.audit_head() == lines[-1]
    assert store.audit_lines(entity_id="CR-2") == [lines[2]]
    assert store.audit_lines(after=2, limit=1) == [lines[2]]
    assert store.audit_lines(since=lines[1].at, until=lines[3].at) == lines[1:3]
    verdict = store.verify_audit((3, lines[2].hash))
    assert (verdict.intact, verdict.count, verdict.broken) == (True, 4, None)


@pytest.mark.parametrize(
    "act",
    [
        "UPDATE audit SET actor = 'x' WHERE seq = 3",
        "UPDATE audit SET at = '2020-01-01 00:00:00+00:00' WHERE seq = 3",
        "DELETE FROM audit WHERE seq = 3",
        "DELETE FROM audit WHERE seq = 5",
    ],
)
def test_a_trail_that_was_changed_is_seen(store: Store, act: str) -> None:
    head = [store.audit(Entry("view", "success", "u1")) for _ in range(5)][-1]
    with pytest.raises(IntegrityError, match="never changes"), store.engine.begin() as connection:
        connection.exec_driver_sql(act)
    assert store.verify_audit().intact
    with store.engine.begin() as connection:
        for trigger in ("update", "delete"):
            where = "" if store.engine.dialect.name == "sqlite" else " ON audit"
            connection.exec_driver_sql(f"DROP TRIGGER audit_no_{trigger}{where}")
        connection.exec_driver_sql(act)
    verdict = store.verify_audit((head.seq, head.hash))
    assert not verdict.intact
    assert verdict.broken == (5 if "seq = 5" in act else 3)


def test_a_key_is_carried_out_once_and_answered_again(store: Store) -> None:
    assert store.begin_key("u1 k", "h") is None
    with pytest.raises(KeyBusyError) as busy:
        store.begin_key("u1 k", "h")
    assert busy.value.retryable
    answer = Answer(201, {"Location": "DiagnosticReport/œ"}, b"\x00\xff")
    store.finish_key("u1 k", answer)
    assert store.begin_key("u1 k", "h") == answer
    with pytest.raises(KeyReusedError):
        store.begin_key("u1 k", "other")
    store.forget_key("u1 k")
    assert store.begin_key("u1 k", "h") == answer


def test_an_answer_is_forgotten_after_a_week_and_not_before(url: str) -> None:
    now = [dt.datetime(2024, 5, 1, tzinfo=dt.UTC)]
    store = Store(url, clock=lambda: now[0])
    for name in ("old", "other"):
        assert store.begin_key(name, "h") is None
        store.finish_key(name, Answer(201, {}, b"a report"))
    now[0] += dt.timedelta(days=7)
    assert store.begin_key("old", "h") == Answer(201, {}, b"a report")
    now[0] += dt.timedelta(seconds=1)
    assert store.begin_key("new", "h") is None
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT key FROM idempotency").scalars().all() == ["new"]
    store.close()


def test_a_key_whose_request_died_or_failed_is_free(store: Store) -> None:
    assert store.begin_key("a", "h", lease=dt.timedelta(0)) is None
    assert store.begin_key("a", "h") is None
    assert store.begin_key("b", "h") is None
    store.forget_key("b")
    assert store.begin_key("b", "h2") is None
