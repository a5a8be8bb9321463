// The door of the security part: rules, policy, verdicts, and the one function that makes text from outside harmless.
export { hiddenKinds, neutralise, neutraliseLine } from "./neutralise.ts";
export { checkServer } from "./check-server.ts";
export { checkCall } from "./check-call.ts";
export { createGate } from "./gate.ts";
export { DEFAULT_POLICY, narrow, readPolicy, STRICT_POLICY } from "./policy.ts";
export { describeRules } from "./describe-rules.ts";
export { childEnvironment } from "./environment-table.ts";
export { checkAddress, kindOfHost } from "./host.ts";
export { packagesIn, type PackageSpec, type StartedCode } from "./packages-in.ts";
export { treatResult } from "./result.ts";
export { readForm, type FormReading } from "./forms/read-form.ts";
export { checkField, checkForm, typedValue } from "./forms/check-field.ts";
export { filledLines, isTyped, rowsOf, wantedBy } from "./forms/form-words.ts";
export { formSchema } from "./forms/form-schema.ts";
export { jsonEscaped, secretForms } from "./secret-forms.ts";
export { secretSource } from "./credentials/secret-source.ts";
export { openSecretStore, type SecretStore } from "./credentials/secret-store.ts";
export type * from "./types.ts";
