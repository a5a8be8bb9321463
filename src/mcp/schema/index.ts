// The door of the schema part: declarations for providers, validation of arguments, and the check of a tool's definition.
export { type Declaration, type DeclarableTool, declare } from "./declare.ts";
export type { DeclarationForm } from "./profiles.ts";
export { compiledValidator, compileValidator, type Validation, type Validator } from "./validate.ts";
export { checkToolDefinition, type DefinitionVerdict } from "./check-definition.ts";
