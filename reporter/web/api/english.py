"""For each issue of the engine: its FHIR type, and an English sentence. The exact cause is in the French text."""

from __future__ import annotations

from reporter.errors import Issue

# longest prefix first; types as in http://hl7.org/fhir/R4/valueset-issue-type.html
_FAMILIES: tuple[tuple[str, str, str], ...] = (
    ("V-REQ", "required", "A required element is missing."),
    ("V-CODE", "code-invalid", "The code is not in the catalogue, or not allowed here."),
    ("V-UNIT", "value", "The unit is missing or not the one of this measurement."),
    ("V-RANGE", "value", "The value is outside the plausible range."),
    ("DX-RANGE", "value", "The densitometry value is outside the plausible range."),
    ("V-DATE", "value", "The date is malformed or contradicts another one."),
    ("RPT-JSON", "structure", "The body is not acceptable JSON (RFC 8259, UTF-8, unique keys)."),
    ("RPT-XML", "structure", "The body is not acceptable FHIR XML (UTF-8, no DTD, no entity)."),
    ("RPT-KEY", "structure", "The element is not defined."),
    ("RPT-TYPE", "structure", "The value is of the wrong type."),
    ("RPT-ID", "duplicate", "The id is malformed or used twice."),
    ("RPT-REF", "not-found", "The reference leads nowhere."),
    ("RPT-", "processing", "The input cannot be processed."),
    ("FHIR-READ-EMPTY", "incomplete", "Nothing usable could be read."),
    ("FHIR-READ-BUNDLE", "structure", "This is no FHIR R4 resource."),
    ("FHIR-READ-CODE", "code-invalid", "The code means no entry of the catalogue."),
    ("FHIR-READ-AMBIGUOUS", "code-invalid", "The codes do not mean exactly one entry of the catalogue."),
    ("FHIR-READ-CONFLICT", "conflict", "The resources contradict each other."),
    ("FHIR-READ-UNIT", "value", "The unit cannot be converted into that of the catalogue."),
    ("FHIR-READ-VALUE", "value", "The value cannot be read."),
    ("FHIR-READ-REFERENCE", "not-found", "The reference leads nowhere in this Bundle."),
    ("FHIR-READ-SEVERAL", "multiple-matches", "Several resources could play this role."),
    ("FHIR-READ-SUBJECT", "conflict", "The resource is about another patient."),
    ("FHIR-READ-DATE", "conflict", "The resource is of another day than the exam."),
    ("FHIR-READ-", "not-supported", "The resource or element was not read."),
    ("FHIR-MIN", "required", "A required element is missing."),
    ("FHIR-BINDING", "code-invalid", "The code is not in the required value set."),
    ("FHIR-", "structure", "The resource is not valid FHIR R4."),
    ("API-", "processing", "The request cannot be processed."),
    ("STORE-", "processing", "The store refused."),
)
# groups of rules (terminology/rules/*.yaml)
_GROUPS = {
    "A": "identity, dates and structure", "B": "laterality and site", "C": "modality", "D": "pregnancy and dose",
    "E": "fractures and necrosis", "F": "vertebrae", "G": "cement and procedures", "H": "densitometry",
    "I": "nuclear medicine", "J": "evolution", "K": "context", "L": "optional grades",
}  # fmt: skip


def kind_of(issue: Issue, group: str = "") -> str:
    """The FHIR issue type; `group` is that of the clinical rule of the issue, when it comes from one."""
    return _known(issue.code, group)[0]


def english_of(issue: Issue, group: str = "") -> str:
    """The English sentence, with the code and the place."""
    where = f" at {issue.path}" if issue.path else ""
    return f"{issue.code}{where}: {_known(issue.code, group)[1]}"


def _known(code: str, group: str) -> tuple[str, str]:
    for prefix, kind, text in _FAMILIES:
        if code.startswith(prefix):
            return kind, text
    if group in _GROUPS:
        return "business-rule", f"Clinical rule on {_GROUPS[group]}; docs/index.md gives its source."
    return "invariant", "This rule of FHIR R4 or of a profile does not hold."
