"""Shapes of the FHIR R4 (4.0.1) data types we emit, and required codes, from the official definitions.

One string per type; one token per element: `name[!][*]:Type[|Type...][@valueset]`. `!` required, `*` repeats,
`name[x]` a choice, `Reference(A,B)` allowed targets, `@` the value set of a required binding.
"""

from __future__ import annotations

TYPES: dict[str, str] = {
    "Address": (
        "id:string extension*:Extension use:code@address-use type:code@address-type text:string line*:string "
        "city:string district:string state:string postalCode:string country:string period:Period"
    ),
    "Age": (
        "id:string extension*:Extension value:decimal comparator:code@quantity-comparator unit:string system:uri "
        "code:code"
    ),
    "Annotation": (
        "id:string extension*:Extension author[x]:Reference(Practitioner,Patient,RelatedPerson,Organization)|string "
        "time:dateTime text!:markdown"
    ),
    "Attachment": (
        "id:string extension*:Extension contentType:code@mimetypes language:code data:base64Binary url:url "
        "size:unsignedInt hash:base64Binary title:string creation:dateTime"
    ),
    "CodeableConcept": "id:string extension*:Extension coding*:Coding text:string",
    "Coding": (
        "id:string extension*:Extension system:uri version:string code:code display:string userSelected:boolean"
    ),
    "ContactPoint": (
        "id:string extension*:Extension system:code@contact-point-system value:string use:code@contact-point-use "
        "rank:positiveInt period:Period"
    ),
    "Extension": "id:string extension*:Extension url!:string value[x]:*any",
    "HumanName": (
        "id:string extension*:Extension use:code@name-use text:string family:string given*:string prefix*:string "
        "suffix*:string period:Period"
    ),
    "Identifier": (
        "id:string extension*:Extension use:code@identifier-use type:CodeableConcept system:uri value:string "
        "period:Period assigner:Reference(Organization)"
    ),
    "Meta": (
        "id:string extension*:Extension versionId:id lastUpdated:instant source:uri profile*:canonical "
        "security*:Coding tag*:Coding"
    ),
    "Narrative": "id:string extension*:Extension status!:code@narrative-status div!:xhtml",
    "Period": "id:string extension*:Extension start:dateTime end:dateTime",
    "Quantity": (
        "id:string extension*:Extension value:decimal comparator:code@quantity-comparator unit:string system:uri "
        "code:code"
    ),
    "Range": "id:string extension*:Extension low:Quantity high:Quantity",
    "Ratio": "id:string extension*:Extension numerator:Quantity denominator:Quantity",
    "Reference": "id:string extension*:Extension reference:string type:uri identifier:Identifier display:string",
    "Signature": (
        "id:string extension*:Extension type!*:Coding when!:instant "
        "who!:Reference(Practitioner,PractitionerRole,RelatedPerson,Patient,Device,Organization) "
        "onBehalfOf:Reference(Practitioner,PractitionerRole,RelatedPerson,Patient,Device,Organization) "
        "targetFormat:code@mimetypes sigFormat:code@mimetypes data:base64Binary"
    ),
}

CODES: dict[str, str] = {
    "address-type": "postal physical both",
    "address-use": "home work temp old billing",
    "administrative-gender": "male female other unknown",
    "bundle-type": (
        "document message transaction transaction-response batch batch-response history searchset collection"
    ),
    "composition-attestation-mode": "personal professional legal official",
    "composition-status": "preliminary final amended entered-in-error",
    "contact-point-system": "phone fax email pager url sms other",
    "contact-point-use": "home work temp old mobile",
    "days-of-week": "mon tue wed thu fri sat sun",
    "device-nametype": "udi-label-name user-friendly-name patient-reported-name manufacturer-name model-name other",
    "device-status": "active inactive entered-in-error unknown",
    "diagnostic-report-status": (
        "registered partial preliminary final amended corrected appended cancelled entered-in-error unknown"
    ),
    "document-relationship-type": "replaces transforms signs appends",
    "event-status": "preparation in-progress not-done on-hold stopped completed entered-in-error unknown",
    "http-verb": "GET HEAD POST PUT DELETE PATCH",
    "identifier-use": "usual official temp secondary old",
    "imagingstudy-status": "registered available cancelled entered-in-error unknown",
    "link-type": "replaced-by replaces refer seealso",
    "list-mode": "working snapshot changes",
    "name-use": "usual official temp nickname anonymous old maiden",
    "narrative-status": "generated extensions additional empty",
    "observation-status": "registered preliminary final amended corrected cancelled entered-in-error unknown",
    "provenance-entity-role": "derivation revision quotation source removal",
    "quantity-comparator": "< <= >= >",
    "request-intent": ("proposal plan directive order original-order reflex-order filler-order instance-order option"),
    "request-priority": "routine urgent asap stat",
    "request-status": "draft active on-hold revoked completed entered-in-error unknown",
    "udi-entry-type": "barcode rfid manual card self-reported unknown",
    "v3-ConfidentialityClassification": "U L M N R V",
}
