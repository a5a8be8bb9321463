// What naming, declaring and checking tools must do.

export const SCHEMA_REQUIREMENTS: Readonly<Record<string, string>> = {
  "REQ-SCHEMA-1":
    "Every tool has one provider-safe name of at most 64 characters, one to one, independent of order and of other tools, never parsed back.",
  "REQ-SCHEMA-2": "A name a model re-spells finds its tool where exactly one tool fits, and none otherwise.",
  "REQ-SCHEMA-3": "Any tool schema becomes a declaration each provider form takes, Gemini's two forms included.",
  "REQ-SCHEMA-4": "A declaration never refuses arguments the original schema means to allow, recursion included.",
  "REQ-SCHEMA-5": "No property is lost on the way, and what a form cannot declare is told in words and noted.",
  "REQ-SCHEMA-6": "OpenAI and Anthropic get an object at the root without alternatives, and property names they take.",
  "REQ-SCHEMA-7": "Property names a provider refuses are renamed one to one and restored in the arguments of a call.",
  "REQ-SCHEMA-8": "Declaring never throws, is deterministic, changes neither the schema nor any prototype, and stays within fixed sizes.",
  "REQ-SCHEMA-9": "Arguments are validated against the schema the server wrote, drafts 4 to 2020-12, before anything is sent.",
  "REQ-SCHEMA-10": "Validation costs bounded time whatever the schema and the arguments are, and fetches nothing.",
  "REQ-SCHEMA-11": "A schema that cannot be compiled, wholly or in part, leaves its tool callable and says what is not checked.",
  "REQ-SCHEMA-12": "A tool whose definition is hidden, oversized or no schema is set aside alone, with reasons.",
};
