import tomllib
from pathlib import Path

import pytest

from reporter.delivery.targets import FhirTarget, MllpTarget, from_file, read_targets
from reporter.delivery.targets.settings import Secret
from reporter.errors import ConfigError

FILE = """
[[targets]]
name = "ris"
kind = "fhir"
url = "https://ris.example.org/fhir/"
ca_file = "ca.pem"
timeout_s = 12.5
[targets.auth]
kind = "oauth2"
token_url = "https://ris.example.org/token"
client_id = "reporter"
client_secret = { env = "RIS_SECRET" }
scope = "system/*.c"

[[targets]]
name = "his"
kind = "mllp"
host = "192.0.2.7"
port = 2575
tls = true
"""
FHIR = {"name": "ris", "kind": "fhir", "url": "https://ris.example.org/fhir"}
MLLP = {"name": "his", "kind": "mllp", "host": "h", "port": 2575}


def test_targets_come_from_a_toml_file(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text(FILE, encoding="utf-8")
    ris, his = from_file(file)
    assert isinstance(ris, FhirTarget)
    assert isinstance(his, MllpTarget)
    assert (ris.url, ris.timeout_s, ris.auth.kind) == ("https://ris.example.org/fhir", 12.5, "oauth2")
    assert (his.port, his.tls) == (2575, True)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({**FHIR, "url": "ftp://x"}, "targets[0].url : adresse http(s) attendue"),
        ({**FHIR, "colour": "red"}, "targets[0].colour : réglage inconnu"),
        ({**FHIR, "name": "Ris à moi"}, "targets[0].name : valeur non valable"),
        ({"name": "x", "kind": "smtp"}, "targets[0] : genre inconnu"),
        ({**MLLP, "port": 0}, "targets[0].port : valeur non valable"),
        ({k: v for k, v in MLLP.items() if k != "host"}, "targets[0].host : valeur manquante"),
        ({**MLLP, "client_cert": "c.pem"}, "targets[0] : client_cert et client_key vont ensemble"),
        ({**MLLP, "timeout_s": 10_000}, "targets[0].timeout_s : valeur non valable"),
    ],
)
def test_a_wrong_target_is_refused_with_its_place_in_french(table: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        read_targets([table])
    assert str(refused.value) == said


def test_every_problem_is_said_at_once() -> None:
    with pytest.raises(ConfigError) as refused:
        read_targets([{**MLLP, "port": 0}, {**FHIR, "url": ""}])
    assert "targets[0].port" in str(refused.value)
    assert "targets[1].url" in str(refused.value)


def test_two_targets_of_one_name_are_refused() -> None:
    with pytest.raises(ConfigError, match="deux destinations"):
        read_targets([MLLP, MLLP])


def test_a_secret_written_in_the_settings_is_refused_and_not_repeated() -> None:
    with pytest.raises(ConfigError) as refused:
        read_targets([{**FHIR, "auth": {"kind": "bearer", "token": "s3same-0uvre-toi"}}])
    assert "s3same" not in str(refused.value)
    assert "env = NOM" in str(refused.value)


def test_a_secret_never_travels_in_clear() -> None:
    table = {**FHIR, "url": "http://ris.example.org", "auth": {"kind": "bearer", "token": {"env": "T"}}}
    with pytest.raises(ConfigError, match="https attendu"):
        read_targets([table])
    assert read_targets([{**table, "url": "http://127.0.0.1:8080/fhir"}])


def test_a_secret_is_read_where_it_is_kept_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "secret"
    file.write_text("one\n", encoding="utf-8")
    secret = Secret.model_validate({"file": str(file)})
    assert secret.read() == "one"
    file.write_text("two\n", encoding="utf-8")
    assert secret.read() == "two"
    monkeypatch.setenv("RIS_SECRET", "three")
    assert Secret.model_validate({"env": "RIS_SECRET"}).read() == "three"
    monkeypatch.delenv("RIS_SECRET")
    with pytest.raises(ConfigError, match="RIS_SECRET"):
        Secret.model_validate({"env": "RIS_SECRET"}).read()


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="Réglages illisibles"):
        from_file(tmp_path / "absent.toml")
    (tmp_path / "bad.toml").write_text("[[targets", encoding="utf-8")
    with pytest.raises(ConfigError, match="Réglages illisibles"):
        from_file(tmp_path / "bad.toml")
    assert tomllib.loads(FILE)["targets"]
