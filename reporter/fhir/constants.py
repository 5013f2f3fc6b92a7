"""Every code and URL this layer needs that is not in the catalogue; all come from FHIR R4, HL7 or the mapping page."""

from __future__ import annotations

BASE = "https://w3id.org/fhir-reporter"
LOCAL = f"{BASE}/CodeSystem/"
IDENTIFIER = f"{BASE}/identifier/"
STRUCTURE = f"{BASE}/StructureDefinition/"

SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
RADLEX = "http://radlex.org"
CCAM = "https://smt.esante.gouv.fr/terminologie-ccam"
ICD10 = "http://hl7.org/fhir/sid/icd-10"
UCUM = "http://unitsofmeasure.org"
DICOM = "http://dicom.nema.org/resources/ontology/DCM"
DICOM_UID = "urn:dicom:uid"
URI = "urn:ietf:rfc:3986"
V2_0074 = "http://terminology.hl7.org/CodeSystem/v2-0074"
V2_0203 = "http://terminology.hl7.org/CodeSystem/v2-0203"
OBSERVATION_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
EMPTY_REASON = "http://terminology.hl7.org/CodeSystem/list-empty-reason"
ABSENT_REASON = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
PROVENANCE_AGENT = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
EHDS_CATEGORY = "http://hl7.eu/fhir/health-data-api/CodeSystem/eehrxf-document-priority-category-cs"
FR_0203 = "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-v2-0203"
DATA_OPERATION = "http://terminology.hl7.org/CodeSystem/v3-DataOperation"

HL7_EXTENSION = "http://hl7.org/fhir/StructureDefinition/"
ABSENT = f"{HL7_EXTENSION}data-absent-reason"
NARRATIVE_LINK = f"{HL7_EXTENSION}narrativeLink"
BODY_SITE = f"{HL7_EXTENSION}bodySite"
NOTE = f"{HL7_EXTENSION}note"
REPORT_NOTE = "http://hl7.org/fhir/5.0/StructureDefinition/extension-DiagnosticReport.note"
REPORT_COMPOSITION = "http://hl7.org/fhir/5.0/StructureDefinition/extension-DiagnosticReport.composition"
REPORT_REFERENCE = "http://hl7.eu/fhir/extensions/StructureDefinition/composition-diagnosticReportReference"
BASED_ON = "http://hl7.eu/fhir/StructureDefinition/composition-basedOn-order-or-requisition"
COMPOSITION_VERSION = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Composition.version"
ANNOTATION_TYPE = f"{HL7_EXTENSION}annotationType"
DEVICE_CATEGORY = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Device.category"
ANATOMICAL_REGION = "http://hl7.eu/fhir/imaging/StructureDefinition/AnatomicalRegionExtension"
REGION = f"{STRUCTURE}region"
LATERALITY = f"{STRUCTURE}laterality"
RELATION = f"{STRUCTURE}relation"
UNCODED = f"{STRUCTURE}uncoded"
STATEMENT = f"{STRUCTURE}statement"
SUPPRESSED_RULE = f"{STRUCTURE}suppressed-rule"

REPORT_CODE = "18748-4"
REPORT_CATEGORY = "85430-7"
EHDS_IMAGING = "Medical-Imaging"
DOSE = "73569-6"
PREGNANCY = "82810-3"
IMAGING_PROCEDURE = "363679005"
IMAGING_EQUIPMENT = "314789007"
# required binding of the EU anatomical region (hl7-eu/imaging, im-anatomical-region-valueset)
EU_REGIONS = frozenset(
    {
        *("63337009", "38266002", "53120007", "61685007", "67734004"),
        *("774007", "113257007", "80891009", "76752008", "737561001"),
    }
)
ACCESSION = "ACSN"
PLACER = "PLAC"
STUDY_UID = "110180"

STATUS = {
    "present": ("52101004", "Present (qualifier value)"),
    "absent": ("2667000", "Absent (qualifier value)"),
    "indeterminate": ("82334004", "Indeterminate (qualifier value)"),
    "not_assessed": ("261665006", "Unknown (qualifier value)"),
}
SIDES = {
    "left": ("7771000", "Left (qualifier value)"),
    "right": ("24028007", "Right (qualifier value)"),
    "bilateral": ("51440002", "Right and left (qualifier value)"),
}
DICOM_MODALITY = {"MR": "MR", "CT": "CT", "XR": "DX", "NM": "NM", "PT": "PT", "DXA": "BMD", "US": "US"}
SERVICE_SECTION = {"MR": "NMR", "CT": "CT", "XR": "RAD", "NM": "NMS", "PT": "NMS", "DXA": "RAD", "US": "RAD"}
SECTION_CODES = {
    "exam": "18726-0",
    "order": "55115-0",
    "history": "11329-0",
    "technique": "55111-9",
    "comparison": "18834-2",
    "findings": "59776-5",
    "conclusion": "19005-8",
    "recommendation": "18783-1",
}
ADDENDUM = "55107-7"
UCUM_CODES = {"SD": "1"}
UNIT_TEXT = {
    "g/cm2": "g/cm²",
    "cm2": "cm²",
    "deg": "°",
    "mGy.cm": "mGy·cm",
    "mGy.cm2": "mGy·cm²",
    "wk": "SA",
    "d": "j",
    "a": "ans",
}
