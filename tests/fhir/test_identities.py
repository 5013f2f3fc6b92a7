"""Business identifiers: types, naming systems and uses of FR Core 2.2; numbers are never built or corrected."""

from __future__ import annotations

import pytest

from reporter.fhir.identities import business_identifiers
from reporter.model.exam import Identifier

FR = "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-v2-0203"
HL7 = "http://terminology.hl7.org/CodeSystem/v2-0203"


@pytest.mark.parametrize(
    ("value", "kind", "type_system", "code", "system", "use"),
    [
        ("279035121518989", "INS-NIR", FR, "INS-NIR", "urn:oid:1.2.250.1.213.1.4.8", "official"),
        ("279035121518989", "INS-NIA", FR, "INS-NIA", "urn:oid:1.2.250.1.213.1.4.9", "temp"),
        ("279035121518989", "INS-NIR-TEST", FR, "INS-NIR-TEST", "urn:oid:1.2.250.1.213.1.4.10", "official"),
        ("279035121518989", "INS-NIR-DEMO", FR, "INS-NIR-DEMO", "urn:oid:1.2.250.1.213.1.4.11", "official"),
        ("01234567897", "RPPS", FR, "RPPS", "https://rpps.esante.gouv.fr", "official"),
        ("801234567897", "RPPS", FR, "IDNPS", "urn:oid:1.2.250.1.71.4.2.1", "official"),
        ("801234567897", "IDNPS", FR, "IDNPS", "urn:oid:1.2.250.1.71.4.2.1", "official"),
        ("1920008059", "FINESS", FR, "IDNST", "urn:oid:1.2.250.1.71.4.2.2", "official"),
        ("920008059", "FINEG", FR, "FINEG", "https://finess.esante.gouv.fr", "official"),
    ],
)
def test_a_known_kind_gets_type_system_and_use(
    value: str, kind: str, type_system: str, code: str, system: str, use: str
) -> None:
    (found,) = business_identifiers((Identifier(value, kind),))
    coding = found["type"]["coding"][0]
    assert (coding["system"], coding["code"], found["type"]["text"]) == (type_system, code, kind)
    assert (found["value"], found["system"], found["use"]) == (value, system, use)


def test_a_local_number_is_that_of_the_site() -> None:
    (found,) = business_identifiers((Identifier("8001234", "IPP", "urn:oid:1.2.3"),))
    assert found["type"]["coding"][0] == {"system": HL7, "code": "PI", "display": None}
    assert (found["system"], found["use"]) == ("urn:oid:1.2.3", "usual")


def test_whether_a_finess_is_legal_or_geographical_is_not_guessed() -> None:
    (found,) = business_identifiers((Identifier("920008059", "FINESS"),))
    assert found["system"] == "https://finess.esante.gouv.fr"
    assert found["type"] == {"coding": [], "text": "FINESS"}


@pytest.mark.parametrize(
    ("value", "kind"), [("279035121518900", "INS-NIR"), ("01234567890", "RPPS"), ("123", "FINESS"), ("7", "autre")]
)
def test_a_number_with_a_wrong_key_gets_no_national_system(value: str, kind: str) -> None:
    (found,) = business_identifiers((Identifier(value, kind),))
    assert found["system"] is None
    assert found["type"] == {"coding": [], "text": kind}
    assert found["value"] == value
