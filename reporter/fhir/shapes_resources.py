"""Shapes of the FHIR R4 (4.0.1) resources we emit, from the official definitions.

One string per type; one token per element: `name[!][*]:Type[|Type...][@valueset]`. `!` required, `*` repeats,
`name[x]` a choice, `Reference(A,B)` allowed targets, `@` the value set of a required binding.
"""

from __future__ import annotations

RESOURCES: dict[str, str] = {
    "BodyStructure": (
        "id:id meta:Meta implicitRules:uri language:code text:Narrative contained*:Resource "
        "extension*:Extension modifierExtension*:Extension identifier*:Identifier active:boolean "
        "morphology:CodeableConcept location:CodeableConcept locationQualifier*:CodeableConcept description:string "
        "image*:Attachment patient!:Reference(Patient)"
    ),
    "Bundle": (
        "id:id meta:Meta implicitRules:uri language:code identifier:Identifier type!:code@bundle-type "
        "timestamp:instant total:unsignedInt link*:Bundle.link entry*:Bundle.entry signature:Signature"
    ),
    "Bundle.entry": (
        "id:string extension*:Extension modifierExtension*:Extension link*:Bundle.link fullUrl:uri "
        "resource:Resource search:Bundle.entry.search request:Bundle.entry.request response:Bundle.entry.response"
    ),
    "Bundle.entry.request": (
        "id:string extension*:Extension modifierExtension*:Extension method!:code@http-verb url!:uri "
        "ifNoneMatch:string ifModifiedSince:instant ifMatch:string ifNoneExist:string"
    ),
    "Bundle.link": "id:string extension*:Extension modifierExtension*:Extension relation!:string url!:uri",
    "Composition": (
        "id:id meta:Meta implicitRules:uri language:code text:Narrative contained*:Resource "
        "extension*:Extension modifierExtension*:Extension identifier:Identifier status!:code@composition-status "
        "type!:CodeableConcept category*:CodeableConcept subject:Reference encounter:Reference(Encounter) "
        "date!:dateTime author!*:Reference(Practitioner,PractitionerRole,Device,Patient,RelatedPerson,Organization) "
        "title!:string confidentiality:code@v3-ConfidentialityClassification attester*:Composition.attester "
        "custodian:Reference(Organization) relatesTo*:Composition.relatesTo event*:Composition.event "
        "section*:Composition.section"
    ),
    "Composition.attester": (
        "id:string extension*:Extension modifierExtension*:Extension mode!:code@composition-attestation-mode "
        "time:dateTime party:Reference(Patient,RelatedPerson,Practitioner,PractitionerRole,Organization)"
    ),
    "Composition.event": (
        "id:string extension*:Extension modifierExtension*:Extension code*:CodeableConcept period:Period "
        "detail*:Reference"
    ),
    "Composition.relatesTo": (
        "id:string extension*:Extension modifierExtension*:Extension code!:code@document-relationship-type "
        "target[x]!:Identifier|Reference(Composition)"
    ),
    "Composition.section": (
        "id:string extension*:Extension modifierExtension*:Extension title:string code:CodeableConcept "
        "author*:Reference(Practitioner,PractitionerRole,Device,Patient,RelatedPerson,Organization) focus:Reference "
        "text:Narrative mode:code@list-mode orderedBy:CodeableConcept entry*:Reference emptyReason:CodeableConcept "
        "section*:Composition.section"
    ),
    "Device": (
        "id:id meta:Meta implicitRules:uri language:code text:Narrative contained*:Resource "
        "extension*:Extension modifierExtension*:Extension identifier*:Identifier "
        "definition:Reference(DeviceDefinition) udiCarrier*:Device.udiCarrier status:code@device-status "
        "statusReason*:CodeableConcept distinctIdentifier:string manufacturer:string manufactureDate:dateTime "
        "expirationDate:dateTime lotNumber:string serialNumber:string deviceName*:Device.deviceName "
        "modelNumber:string partNumber:string type:CodeableConcept specialization*:Device.specialization "
        "version*:Device.version property*:Device.property patient:Reference(Patient) owner:Reference(Organization) "
        "contact*:ContactPoint location:Reference(Location) url:uri note*:Annotation safety*:CodeableConcept "
        "parent:Reference(Device)"
    ),
    "Device.deviceName": (
        "id:string extension*:Extension modifierExtension*:Extension name!:string type!:code@device-nametype"
    ),
    "Device.property": (
        "id:string extension*:Extension modifierExtension*:Extension type!:CodeableConcept valueQuantity*:Quantity "
        "valueCode*:CodeableConcept"
    ),
    "Device.specialization": (
        "id:string extension*:Extension modifierExtension*:Extension systemType!:CodeableConcept version:string"
    ),
    "Device.udiCarrier": (
        "id:string extension*:Extension modifierExtension*:Extension deviceIdentifier:string issuer:uri "
        "jurisdiction:uri carrierAIDC:base64Binary carrierHRF:string entryType:code@udi-entry-type"
    ),
    "Device.version": (
        "id:string extension*:Extension modifierExtension*:Extension type:CodeableConcept component:Identifier "
        "value!:string"
    ),
    "DiagnosticReport": (
        "id:id meta:Meta implicitRules:uri language:code text:Narrative contained*:Resource "
        "extension*:Extension modifierExtension*:Extension identifier*:Identifier "
        "basedOn*:Reference(CarePlan,ImmunizationRecommendation,MedicationRequest,NutritionOrder,ServiceRequest) "
        "status!:code@diagnostic-report-status category*:CodeableConcept code!:CodeableConcept "
        "subject:Reference(Patient,Group,Device,Location) encounter:Reference(Encounter) "
        "effective[x]:dateTime|Period issued:instant "
        "performer*:Reference(Practitioner,PractitionerRole,Organization,CareTeam) "
        "resultsInterpreter*:Reference(Practitioner,PractitionerRole,Organization,CareTeam) "
        "specimen*:Reference(Specimen) result*:Reference(Observation) imagingStudy*:Reference(ImagingStudy) "
        "media*:DiagnosticReport.media conclusion:string conclusionCode*:CodeableConcept presentedForm*:Attachment"
    ),
    "DiagnosticReport.media": (
        "id:string extension*:Extension modifierExtension*:Extension comment:string link!:Reference(Media)"
    ),
    "ImagingStudy": (
        "id:id meta:Meta implicitRules:uri language:code text:Narrative contained*:Resource "
        "extension*:Extension modifierExtension*:Extension identifier*:Identifier status!:code@imagingstudy-status "
        "modality*:Coding subject!:Reference(Patient,Device,Group) encounter:Reference(Encounter) started:dateTime "
        "basedOn*:Reference(CarePlan,ServiceRequest,Appointment,AppointmentResponse,Task) "
        "referrer:Reference(Practitioner,PractitionerRole) interpreter*:Reference(Practitioner,PractitionerRole) "
        "endpoint*:Reference(Endpoint) numberOfSeries:unsignedInt numberOfInstances:unsignedInt "
        "procedureReference:Reference(Procedure) procedureCode*:CodeableConcept location:Reference(Location) "
        "reasonCode*:CodeableConcept "
        "reasonReference*:Reference(Condition,Observation,Media,DiagnosticReport,DocumentReference) "
        "note*:Annotation description:string series*:ImagingStudy.series"
    ),
    "ImagingStudy.series": (
        "id:string extension*:Extension modifierExtension*:Extension uid!:id number:unsignedInt modality!:Coding "
        "description:string numberOfInstances:unsignedInt endpoint*:Reference(Endpoint) bodySite:Coding "
        "laterality:Coding specimen*:Reference(Specimen) started:dateTime performer*:ImagingStudy.series.performer "
        "instance*:ImagingStudy.series.instance"
    ),
    "ImagingStudy.series.instance": (
        "id:string extension*:Extension modifierExtension*:Extension uid!:id sopClass!:Coding number:unsignedInt "
        "title:string"
    ),
    "ImagingStudy.series.performer": (
        "id:string extension*:Extension modifierExtension*:Extension function:CodeableConcept "
        "actor!:Reference(Practitioner,PractitionerRole,Organization,CareTeam,Patient,Device,RelatedPerson)"
    ),
    "Observation": (
        "id:id meta:Meta implicitRules:uri language:code text:Narrative contained*:Resource "
        "extension*:Extension modifierExtension*:Extension identifier*:Identifier "
        "basedOn*:Reference(CarePlan,DeviceRequest,ImmunizationRecommendation,MedicationRequest,"
        "NutritionOrder,ServiceRequest) "
        "partOf*:Reference(MedicationAdministration,MedicationDispense,MedicationStatement,"
        "Procedure,Immunization,ImagingStudy) "
        "status!:code@observation-status category*:CodeableConcept code!:CodeableConcept "
        "subject:Reference(Patient,Group,Device,Location) focus*:Reference encounter:Reference(Encounter) "
        "effective[x]:dateTime|Period|Timing|instant issued:instant "
        "performer*:Reference(Practitioner,PractitionerRole,Organization,CareTeam,Patient,RelatedPerson) "
        "value[x]:Quantity|CodeableConcept|string|boolean|integer|Range|Ratio|SampledData|time|dateTime|Period "
        "dataAbsentReason:CodeableConcept interpretation*:CodeableConcept note*:Annotation bodySite:CodeableConcept "
        "method:CodeableConcept specimen:Reference(Specimen) device:Reference(Device,DeviceMetric) "
        "referenceRange*:Observation.referenceRange "
        "hasMember*:Reference(Observation,QuestionnaireResponse,MolecularSequence) "
        "derivedFrom*:Reference(DocumentReference,ImagingStudy,Media,QuestionnaireResponse,"
        "Observation,MolecularSequence) "
        "component*:Observation.component"
    ),
    "Observation.component": (
        "id:string extension*:Extension modifierExtension*:Extension code!:CodeableConcept "
        "value[x]:Quantity|CodeableConcept|string|boolean|integer|Range|Ratio|SampledData|time|dateTime|Period "
        "dataAbsentReason:CodeableConcept interpretation*:CodeableConcept "
        "referenceRange*:Observation.referenceRange"
    ),
    "Observation.referenceRange": (
        "id:string extension*:Extension modifierExtension*:Extension low:Quantity high:Quantity "
        "type:CodeableConcept appliesTo*:CodeableConcept age:Range text:string"
    ),
    "Organization": (
        "id:id meta:Meta implicitRules:uri language:code text:Narrative contained*:Resource "
        "extension*:Extension modifierExtension*:Extension identifier*:Identifier active:boolean "
        "type*:CodeableConcept name:string alias*:string telecom*:ContactPoint address*:Address "
        "partOf:Reference(Organization) contact*:Organization.contact endpoint*:Reference(Endpoint)"
    ),
    "Organization.contact": (
        "id:string extension*:Extension modifierExtension*:Extension purpose:CodeableConcept name:HumanName "
        "telecom*:ContactPoint address:Address"
    ),
    "Patient": (
        "id:id meta:Meta implicitRules:uri language:code text:Narrative contained*:Resource "
        "extension*:Extension modifierExtension*:Extension identifier*:Identifier active:boolean name*:HumanName "
        "telecom*:ContactPoint gender:code@administrative-gender birthDate:date deceased[x]:boolean|dateTime "
        "address*:Address maritalStatus:CodeableConcept multipleBirth[x]:boolean|integer photo*:Attachment "
        "contact*:Patient.contact communication*:Patient.communication "
        "generalPractitioner*:Reference(Organization,Practitioner,PractitionerRole) "
        "managingOrganization:Reference(Organization) link*:Patient.link"
    ),
    "Patient.communication": (
        "id:string extension*:Extension modifierExtension*:Extension language!:CodeableConcept preferred:boolean"
    ),
    "Patient.contact": (
        "id:string extension*:Extension modifierExtension*:Extension relationship*:CodeableConcept name:HumanName "
        "telecom*:ContactPoint address:Address gender:code@administrative-gender "
        "organization:Reference(Organization) period:Period"
    ),
    "Patient.link": (
        "id:string extension*:Extension modifierExtension*:Extension other!:Reference(Patient,RelatedPerson) "
        "type!:code@link-type"
    ),
    "Practitioner": (
        "id:id meta:Meta implicitRules:uri language:code text:Narrative contained*:Resource "
        "extension*:Extension modifierExtension*:Extension identifier*:Identifier active:boolean name*:HumanName "
        "telecom*:ContactPoint address*:Address gender:code@administrative-gender birthDate:date photo*:Attachment "
        "qualification*:Practitioner.qualification communication*:CodeableConcept"
    ),
    "Practitioner.qualification": (
        "id:string extension*:Extension modifierExtension*:Extension identifier*:Identifier code!:CodeableConcept "
        "period:Period issuer:Reference(Organization)"
    ),
    "PractitionerRole": (
        "id:id meta:Meta implicitRules:uri language:code text:Narrative contained*:Resource "
        "extension*:Extension modifierExtension*:Extension identifier*:Identifier active:boolean period:Period "
        "practitioner:Reference(Practitioner) organization:Reference(Organization) code*:CodeableConcept "
        "specialty*:CodeableConcept location*:Reference(Location) healthcareService*:Reference(HealthcareService) "
        "telecom*:ContactPoint availableTime*:PractitionerRole.availableTime "
        "notAvailable*:PractitionerRole.notAvailable availabilityExceptions:string endpoint*:Reference(Endpoint)"
    ),
    "PractitionerRole.availableTime": (
        "id:string extension*:Extension modifierExtension*:Extension daysOfWeek*:code@days-of-week allDay:boolean "
        "availableStartTime:time availableEndTime:time"
    ),
    "PractitionerRole.notAvailable": (
        "id:string extension*:Extension modifierExtension*:Extension description!:string during:Period"
    ),
    "Procedure": (
        "id:id meta:Meta implicitRules:uri language:code text:Narrative contained*:Resource "
        "extension*:Extension modifierExtension*:Extension identifier*:Identifier instantiatesCanonical*:canonical "
        "instantiatesUri*:uri basedOn*:Reference(CarePlan,ServiceRequest) "
        "partOf*:Reference(Procedure,Observation,MedicationAdministration) status!:code@event-status "
        "statusReason:CodeableConcept category:CodeableConcept code:CodeableConcept "
        "subject!:Reference(Patient,Group) encounter:Reference(Encounter) "
        "performed[x]:dateTime|Period|string|Age|Range "
        "recorder:Reference(Patient,RelatedPerson,Practitioner,PractitionerRole) "
        "asserter:Reference(Patient,RelatedPerson,Practitioner,PractitionerRole) performer*:Procedure.performer "
        "location:Reference(Location) reasonCode*:CodeableConcept "
        "reasonReference*:Reference(Condition,Observation,Procedure,DiagnosticReport,DocumentReference) "
        "bodySite*:CodeableConcept outcome:CodeableConcept "
        "report*:Reference(DiagnosticReport,DocumentReference,Composition) complication*:CodeableConcept "
        "complicationDetail*:Reference(Condition) followUp*:CodeableConcept note*:Annotation "
        "focalDevice*:Procedure.focalDevice usedReference*:Reference(Device,Medication,Substance) "
        "usedCode*:CodeableConcept"
    ),
    "Procedure.focalDevice": (
        "id:string extension*:Extension modifierExtension*:Extension action:CodeableConcept "
        "manipulated!:Reference(Device)"
    ),
    "Procedure.performer": (
        "id:string extension*:Extension modifierExtension*:Extension function:CodeableConcept "
        "actor!:Reference(Practitioner,PractitionerRole,Organization,Patient,RelatedPerson,Device) "
        "onBehalfOf:Reference(Organization)"
    ),
    "Provenance": (
        "id:id meta:Meta implicitRules:uri language:code text:Narrative contained*:Resource "
        "extension*:Extension modifierExtension*:Extension target!*:Reference occurred[x]:Period|dateTime "
        "recorded!:instant policy*:uri location:Reference(Location) reason*:CodeableConcept "
        "activity:CodeableConcept agent!*:Provenance.agent entity*:Provenance.entity signature*:Signature"
    ),
    "Provenance.agent": (
        "id:string extension*:Extension modifierExtension*:Extension type:CodeableConcept role*:CodeableConcept "
        "who!:Reference(Practitioner,PractitionerRole,RelatedPerson,Patient,Device,Organization) "
        "onBehalfOf:Reference(Practitioner,PractitionerRole,RelatedPerson,Patient,Device,Organization)"
    ),
    "Provenance.entity": (
        "id:string extension*:Extension modifierExtension*:Extension role!:code@provenance-entity-role "
        "what!:Reference agent*:Provenance.agent"
    ),
    "ServiceRequest": (
        "id:id meta:Meta implicitRules:uri language:code text:Narrative contained*:Resource "
        "extension*:Extension modifierExtension*:Extension identifier*:Identifier instantiatesCanonical*:canonical "
        "instantiatesUri*:uri basedOn*:Reference(CarePlan,ServiceRequest,MedicationRequest) "
        "replaces*:Reference(ServiceRequest) requisition:Identifier status!:code@request-status "
        "intent!:code@request-intent category*:CodeableConcept priority:code@request-priority doNotPerform:boolean "
        "code:CodeableConcept orderDetail*:CodeableConcept quantity[x]:Quantity|Ratio|Range "
        "subject!:Reference(Patient,Group,Location,Device) encounter:Reference(Encounter) "
        "occurrence[x]:dateTime|Period|Timing asNeeded[x]:boolean|CodeableConcept authoredOn:dateTime "
        "requester:Reference(Practitioner,PractitionerRole,Organization,Patient,RelatedPerson,Device) "
        "performerType:CodeableConcept "
        "performer*:Reference(Practitioner,PractitionerRole,Organization,CareTeam,HealthcareService,"
        "Patient,Device,RelatedPerson) "
        "locationCode*:CodeableConcept locationReference*:Reference(Location) reasonCode*:CodeableConcept "
        "reasonReference*:Reference(Condition,Observation,DiagnosticReport,DocumentReference) "
        "insurance*:Reference(Coverage,ClaimResponse) supportingInfo*:Reference specimen*:Reference(Specimen) "
        "bodySite*:CodeableConcept note*:Annotation patientInstruction:string "
        "relevantHistory*:Reference(Provenance)"
    ),
}
