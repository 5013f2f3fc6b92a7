import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import ca.uhn.fhir.validation.SingleValidationMessage;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.UnknownCodeSystemWarningValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.instance.model.api.IBaseResource;

/**
 * HL7's own engine over many files in one Java process: arguments are folders of definitions, standard input is one
 * file name a line, standard output is one JSON object a file: {"file", "issues": [{"severity", "id", "path", "message"}]}.
 */
public class HapiCheck {
  private static final Set<String> DEFINITIONS = Set.of("StructureDefinition", "ValueSet", "CodeSystem");

  public static void main(String[] folders) throws Exception {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    FhirContext context = FhirContext.forR4();
    FhirValidator validator = validator(context, folders);
    ObjectMapper json = new ObjectMapper();
    BufferedReader names = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String name = names.readLine(); name != null; name = names.readLine()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("file", name);
      line.put("issues", issues(validator, Files.readString(Path.of(name))));
      out.println(json.writeValueAsString(line));
    }
  }

  private static FhirValidator validator(FhirContext context, String[] folders) throws Exception {
    PrePopulatedValidationSupport ours = new PrePopulatedValidationSupport(context);
    for (String folder : folders) load(context.newJsonParser(), Path.of(folder), ours);
    UnknownCodeSystemWarningValidationSupport unknown = new UnknownCodeSystemWarningValidationSupport(context);
    unknown.setNonExistentCodeSystemSeverity(IValidationSupport.IssueSeverity.WARNING);
    FhirInstanceValidator instances = new FhirInstanceValidator(new ValidationSupportChain(
        ours,
        context.getValidationSupport(),
        new SnapshotGeneratingValidationSupport(context),
        new CommonCodeSystemsTerminologyService(context),
        new InMemoryTerminologyServerValidationSupport(context),
        unknown));
    instances.setAnyExtensionsAllowed(false);
    instances.setErrorForUnknownProfiles(true);
    return context.newValidator().registerValidatorModule(instances);
  }

  private static void load(IParser parser, Path folder, PrePopulatedValidationSupport ours) throws Exception {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.json")) {
      for (Path file : files) {
        IBaseResource resource = parser.parseResource(Files.readString(file));
        if (DEFINITIONS.contains(resource.fhirType())) ours.addResource(resource);
      }
    }
  }

  private static List<Map<String, String>> issues(FhirValidator validator, String resource) {
    List<Map<String, String>> found = new ArrayList<>();
    for (SingleValidationMessage message : validator.validateWithResult(resource).getMessages()) {
      if (message.getSeverity() == ResultSeverityEnum.INFORMATION) continue;
      Map<String, String> issue = new LinkedHashMap<>();
      issue.put("severity", message.getSeverity().getCode());
      issue.put("id", String.valueOf(message.getMessageId()));
      issue.put("path", String.valueOf(message.getLocationString()));
      issue.put("message", message.getMessage());
      found.add(issue);
    }
    return found;
  }
}
