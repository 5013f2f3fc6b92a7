"""Settings: where each may come from, what wins, what is refused; what the documentation says of them."""

import re
from pathlib import Path

import pytest

from reporter.delivery.settings import Service, load, table
from reporter.errors import ConfigError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for _, variable, _, _ in table():
        monkeypatch.delenv(variable, raising=False)
    for name in ("REPORTER_SECRETS", "CREDENTIALS_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "site.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_by_default_this_machine_only() -> None:
    found = load({})
    assert (found.host, found.port, found.demo, found.https, found.workers) == ("127.0.0.1", 8000, False, False, 1)


def test_the_command_line_then_the_environment_then_the_secret_then_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path, "[service]\nport = 1\nthreads = 1\nstop_s = 1\nidle_minutes = 1\n")
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    for name in ("port", "threads", "stop_s"):
        (secrets / f"reporter_{name}").write_text("2\n", encoding="utf-8")
    monkeypatch.setenv("REPORTER_SECRETS", str(secrets))
    monkeypatch.setenv("REPORTER_PORT", "3")
    monkeypatch.setenv("REPORTER_THREADS", "3")
    found = load({"port": "4"}, file)
    assert (found.port, found.threads, found.stop_s, found.idle_minutes, found.workers) == (4, 3, 2, 1, 1)


def test_lists_are_written_with_commas_or_as_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = written(tmp_path, '[service]\nhosts = ["a.example", "b.example"]\n')
    monkeypatch.setenv("REPORTER_TRUSTED_PROXIES", "10.0.0.0/8, 127.0.0.1")
    found = load({}, file)
    assert found.hosts == ("a.example", "b.example")
    assert found.trusted_proxies == ("10.0.0.0/8", "127.0.0.1")


def test_a_secret_is_never_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "reporter_database").write_text("postgresql://u:hunter2@db/r\n", encoding="utf-8")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    found = load({})
    assert found.database is not None
    assert found.database.get_secret_value() == "postgresql://u:hunter2@db/r"
    assert "hunter2" not in repr(found)
    monkeypatch.setenv("REPORTER_METRICS_TOKEN", "hunter2")
    with pytest.raises(ConfigError) as error:
        load({})
    assert "metrics_token" in str(error.value)
    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[service]\nprot = 1\n", "prot : réglage inconnu"),
        ("[service]\nport = 70000\n", "port : valeur trop grande"),
        ('[service]\nlog_level = "loud"\n', "log_level : valeur inconnue"),
        ("service = 1\n", "[service] : table attendue"),
        ("[service\n", "Réglages illisibles (site.toml)"),
        ('[service]\nport = "x"\nthreads = "y"\n', "threads : nombre entier attendu"),
    ],
)
def test_what_cannot_be_used_is_said(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(said)):
        load({}, written(tmp_path, text))


def test_every_setting_has_its_words() -> None:
    rows = list(table())
    assert len(rows) == len(Service.model_fields)
    assert all(words and variable.startswith("REPORTER_") for _, variable, _, words in rows)


def test_the_documentation_lists_each_setting_as_it_is() -> None:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    shown = re.findall(r"^\| `(\w+)` \| `(REPORTER_\w+)` \| (.*?) \| (.*?) \|$", text, re.MULTILINE)
    assert shown == [(n, v, f"`{d}`" if d else "", words) for n, v, d, words in table()]


def test_the_example_is_accepted() -> None:
    from reporter.delivery.targets import from_file
    from reporter.settings import from_file as site

    example = ROOT / "deploy" / "service.example.toml"
    assert load({}, example).workers == 2
    assert [target.name for target in from_file(example)] == ["dpi", "ris"]
    assert site(example).levels == "anatomical"
