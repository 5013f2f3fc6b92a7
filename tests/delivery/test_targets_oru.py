"""Messages are read with python-hl7; they are made with hl7apy."""

import base64
import dataclasses

import hl7
import pytest

from reporter.delivery.targets import DeliveryError, MllpTarget, er7, oru, read_targets
from tests.delivery.targets_samples import INDICATION, Json, exam, letter, lifecycle, made

TARGET = read_targets([{"name": "his", "kind": "mllp", "host": "127.0.0.1", "port": 2575, "receiving_facility": "CH"}])[
    0
]
assert isinstance(TARGET, MllpTarget)


def message(data: Json, status: str = "final", n: int = 1) -> tuple[hl7.Message, str]:
    document, text = made(data, lifecycle(status, n))
    wire = oru.build(letter(document, text), TARGET).encode("utf-8")
    return hl7.parse(wire, encoding="utf-8"), text


def texts(parsed: hl7.Message) -> list[str]:
    return [parsed.unescape(str(obx[5])) for obx in parsed.segments("OBX") if str(obx[2]) == "TX"]


def test_each_line_of_the_report_is_one_observation_unchanged() -> None:
    parsed, text = message(exam())
    assert texts(parsed) == text.rstrip("\n").split("\n")
    assert INDICATION in texts(parsed)
    assert any(line.startswith("Œdème") for line in texts(parsed))
    assert [str(obx[1]) for obx in parsed.segments("OBX")] == [str(n) for n in range(1, len(texts(parsed)) + 1)]


def test_delimiters_in_a_text_leave_as_escape_sequences() -> None:
    parsed, _ = message(exam())
    (wire,) = [str(obx[5]) for obx in parsed.segments("OBX") if "brutale" in str(obx[5])]
    assert wire == r"Douleur \F\ brutale \S\ Œdème \R\ 38° \T\ \E\ ≥ 2 é."


@pytest.mark.parametrize("text", ["\\F\\", "\\E\\", "a\\.br\\b", "\\\\", "^~\\&|", "\\X0D\\"])
def test_text_that_looks_like_an_escape_sequence_stays_text(text: str) -> None:
    data = exam()
    data["order"]["indication"] = f"Douleur {text} fin"
    parsed, said = message(data)
    escaped = next(str(obx[5]) for obx in parsed.segments("OBX") if "Douleur" in str(obx[5]))
    named = {"F": "|", "S": "^", "T": "&", "R": "~", "E": "\\"}
    read, rest = "", escaped
    while rest:
        if rest[0] == "\\":
            assert rest[2] == "\\"
            read, rest = read + named[rest[1]], rest[3:]
        else:
            read, rest = read + rest[0], rest[1:]
    assert read in said.split("\n")
    assert text in read


def test_a_control_character_never_ends_a_segment_or_a_block() -> None:
    assert er7.escape("a\rb\x1cc\x0bd\ne") == "a b c d e"


def test_the_header_says_version_character_set_and_kind() -> None:
    parsed, _ = message(exam())
    header = parsed.segment("MSH")
    assert [str(header[i]) for i in (6, 9, 11, 12, 17, 18)] == [
        "CH",
        "ORU^R01^ORU_R01",
        "P",
        "2.5",
        "FRA",
        "UNICODE UTF-8",
    ]
    assert str(header[7]) == "20260102083000+0100"
    assert len(str(header[10])) <= 20


def test_who_the_patient_is() -> None:
    parsed, _ = message(exam())
    patient = parsed.segment("PID")
    assert str(patient[3]) == (
        "279035121518989^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.10&ISO^INS~42^^^&1.2.250.1.213.9.9&ISO^PI"
    )
    assert str(patient[5]) == "MARTIN^Zoé^Anne^^^^U"
    assert [str(patient[7]), str(patient[8])] == ["19400203", "M"]


def test_what_was_ordered() -> None:
    parsed, _ = message(exam())
    for segment in (parsed.segment("ORC"), parsed.segment("OBR")):
        assert [str(segment[2]), str(segment[3])] == ["PL-1", "ACC-1"]
    request = parsed.segment("OBR")
    title = "Scanner de la hanche droite en double énergie"
    assert str(request[4]) == f"36489-3^{title}^LN^CT.hip^{title}^L"
    assert [str(request[i]) for i in (7, 16, 18, 22, 24)] == [
        "20240123", "^Dr Ruiz", "ACC-1", "20260102083000+0100", "CT",
    ]  # fmt: skip
    assert parsed.unescape(str(request[31])) == f"^{INDICATION}"
    assert str(request[32]) == "801234564895&Dr Signataire"


@pytest.mark.parametrize(
    ("status", "n", "request_status", "line_status"),
    [
        ("preliminary", 1, "P", "P"),
        ("final", 1, "F", "F"),
        ("corrected", 2, "C", "C"),
        ("appended", 2, "C", "C"),
        ("entered-in-error", 2, "X", "W"),
    ],
)
def test_status_of_the_report_and_of_each_line(status: str, n: int, request_status: str, line_status: str) -> None:
    parsed, text = message(exam(), status, n)
    assert str(parsed.segment("OBR")[25]) == request_status
    assert {str(obx[11]) for obx in parsed.segments("OBX")} == {line_status}
    assert texts(parsed) == text.rstrip("\n").split("\n")


def test_lines_carry_the_code_of_their_section_and_a_place_of_their_own() -> None:
    parsed, _ = message(exam())
    code = {parsed.unescape(str(obx[5])): str(obx[3]) for obx in parsed.segments("OBX")}
    assert code["Fracture par insuffisance osseuse du col fémoral droit."] == "19005-8^Conclusion^LN"
    assert code[INDICATION] == "55115-0^Indication^LN"
    signature = next(value for line, value in code.items() if line.startswith("Signé par"))
    assert signature.startswith("18748-4^")
    places = [str(obx[4]) for obx in parsed.segments("OBX")]
    assert len(set(places)) == len(places)


def test_a_patient_nobody_named_is_still_somebody() -> None:
    data = exam()
    data["patient"] = {"sex": "female", "age_years": 70}
    patient = message(data)[0].segment("PID")
    assert len(str(patient[3]).split("^")[0]) == 36
    assert [str(patient[5]), str(patient[7]), str(patient[8])] == ["^^^^^^U", "", "F"]


def test_the_same_version_gives_the_same_bytes_and_another_another_control_id() -> None:
    document, text = made(exam(), lifecycle())
    first = letter(document, text)
    assert oru.build(first, TARGET) == oru.build(first, TARGET)
    other = oru.build(dataclasses.replace(first, key="key-2"), TARGET)
    assert str(hl7.parse(other).segment("MSH")[10]) != str(hl7.parse(oru.build(first, TARGET)).segment("MSH")[10])


def test_a_document_travels_beside_the_text() -> None:
    document, text = made(exam(), lifecycle())
    code = {"coding": [{"system": "http://loinc.org", "code": "18748-4"}], "text": "Compte rendu"}
    pdf = oru.Attachment(b"%PDF-1.7 \xff", "application", "pdf", code)
    last = hl7.parse(oru.build(letter(document, text), TARGET, (pdf,))).segments("OBX")[-1]
    assert [str(last[2]), str(last[3]), str(last[11])] == ["ED", "18748-4^Compte rendu^LN", "F"]
    assert str(last[5]).split("^")[:4] == ["", "application", "pdf", "Base64"]
    assert base64.b64decode(str(last[5]).split("^")[4]) == b"%PDF-1.7 \xff"


def test_what_the_standard_forbids_never_leaves() -> None:
    document, text = made(exam(), lifecycle())
    patient = next(e["resource"] for e in document["entry"] if e["resource"]["resourceType"] == "Patient")
    patient["birthDate"] = "not-a-date"
    with pytest.raises(DeliveryError, match="HL7-") as refused:
        oru.build(letter(document, text), TARGET)
    assert not refused.value.retryable
