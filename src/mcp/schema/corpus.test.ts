// The shared corpus, where it is present: 41 awkward schemas and the tools of 19 real servers, judged by the corpus's own validator.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import type { Json } from "../../core/index.ts";
import type { JsonSchema } from "../contract.ts";
import { exposeNames } from "../names.ts";
import { unmet } from "./corpus-expectations.test-support.ts";
import { accepts, problemsOf } from "./declaration-checker.test-support.ts";
import { checkToolDefinition, compileValidator, declare, type Declaration, type DeclarationForm } from "./index.ts";
import { indexReferences } from "./references.ts";
import { isRecord } from "./shape.ts";

type Case = {
  readonly name: string;
  readonly toolName?: string;
  readonly description?: string;
  readonly inputSchema: JsonSchema;
  readonly expect: Record<"json" | "openapi" | "both", Record<string, unknown> | undefined> & {
    readonly functionName?: { readonly injectiveWith: string };
  };
  readonly samples: { readonly valid: readonly Json[]; readonly invalid: readonly Json[] };
};
type FunctionDeclaration = { name: string; parameters?: unknown; parametersJsonSchema?: unknown };
type Judge = {
  hardErrors(declaration: FunctionDeclaration): readonly string[];
  softWarnings(declaration: FunctionDeclaration): readonly string[];
  overTight(one: Case, declaration: FunctionDeclaration): readonly unknown[];
  lostProperties(original: unknown, declaration: FunctionDeclaration): readonly string[];
};

const corpus = process.env["MASSGEN_CORPUS"] ?? join(import.meta.dirname, "../../../../shared/data");
const judgeFile = join(corpus, "../tools/gemini-validate.mjs");
const present = existsSync(join(corpus, "nasty-schemas.json")) && existsSync(judgeFile);
if (!present) console.log("skipped: the schema corpus is not here (set MASSGEN_CORPUS)");

const read = (file: string): unknown => (present ? JSON.parse(readFileSync(join(corpus, file), "utf8")) : []);
const judge = (present ? await import(pathToFileURL(judgeFile).href) : {}) as Judge;
const nasty = read("nasty-schemas.json") as readonly Case[];
const real = (present ? readdirSync(join(corpus, "tool-schemas")) : []).flatMap((file) =>
  (read(`tool-schemas/${file}`) as { server: string; tools: readonly Case[] }).tools.map((tool) => ({
    ...tool,
    name: `${file} ${tool.name}`,
  })),
);

const FORMS = ["gemini-json", "gemini-openapi"] as const;
const declareCase = (form: DeclarationForm, { name, description = "", inputSchema }: Case) =>
  declare(form, { name, description, inputSchema });

function asFunction(form: DeclarationForm, { schema }: Declaration): FunctionDeclaration {
  if (schema === null) return { name: "t" };
  return form === "gemini-json" ? { name: "t", parametersJsonSchema: schema } : { name: "t", parameters: schema };
}

/** A definition nothing refers to describes no argument. */
function withoutUnused(schema: JsonSchema): JsonSchema {
  if (!isRecord(schema)) return schema;
  const references = indexReferences(schema);
  const used = new Set<unknown>();
  const visit = (node: unknown, top: boolean): void => {
    if (typeof node !== "object" || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      if (top && (key === "$defs" || key === "definitions")) continue;
      const target = key === "$ref" ? references.resolve(value)?.schema : undefined;
      if (target !== undefined && !used.has(target)) {
        used.add(target);
        visit(target, false);
      }
      visit(value, false);
    }
  };
  visit(schema, true);
  const keep = (definitions: unknown) =>
    isRecord(definitions) ? Object.fromEntries(Object.entries(definitions).filter(([, definition]) => used.has(definition))) : definitions;
  return {
    ...schema,
    ...("$defs" in schema ? { $defs: keep(schema["$defs"]) } : {}),
    ...("definitions" in schema ? { definitions: keep(schema["definitions"]) } : {}),
  };
}

/** Names the declaration has under another spelling are not lost: the call's arguments are mapped back. */
function lost(form: DeclarationForm, one: Case): readonly string[] {
  const declaration = declareCase(form, one);
  const renamed = declaration.notes
    .flatMap((note) => /^#: property (".*") is declared as /.exec(note)?.[1] ?? [])
    .map((name) => JSON.parse(name) as string);
  const missing = judge.lostProperties(withoutUnused(one.inputSchema), asFunction(form, declaration));
  return missing.filter((name) => !renamed.includes(name));
}

describe.skipIf(!present)("the corpus", () => {
  test("is the one this test was written for", () => {
    expect(nasty.length).toBeGreaterThanOrEqual(41);
    expect(real.length).toBeGreaterThanOrEqual(186);
  });

  describe.each(FORMS)("as %s", (form) => {
    test.each([...nasty, ...real])("REQ-SCHEMA-3 REQ-SCHEMA-5 $name is taken, and loses nothing", (one) => {
      const declaration = declareCase(form, one);
      const declared = asFunction(form, declaration);
      expect(problemsOf(form, declaration.schema)).toEqual([]);
      expect(judge.hardErrors(declared)).toEqual([]);
      expect(judge.softWarnings(declared)).toEqual([]);
      expect(lost(form, one)).toEqual([]);
      if (one.samples !== undefined) expect(judge.overTight(one, declared)).toEqual([]);
    });

    test.each(nasty)("$name is declared as the corpus expects", (one) => {
      const { schema } = declareCase(form, one);
      const wanted = { ...one.expect.both, ...(form === "gemini-json" ? one.expect.json : one.expect.openapi) };
      expect(unmet(one.expect.both ?? {}, schema)).toEqual([]);
      expect(unmet(wanted, schema)).toEqual([]);
      expect(schema === null).toBe(wanted["parametersOmitted"] === true);
    });
  });

  test.each(nasty)("REQ-SCHEMA-6 $name is taken by OpenAI and Anthropic and refuses no valid arguments", (one) => {
    for (const form of ["openai", "anthropic"] as const) {
      const { schema } = declareCase(form, one);
      expect(problemsOf(form, schema)).toEqual([]);
      for (const value of one.samples.valid) expect(accepts(schema, value)).toBe(true);
    }
  });

  test.each(nasty)("REQ-SCHEMA-9 arguments for $name are judged by the original schema", async (one) => {
    const validate = await compileValidator(one.inputSchema);
    expect(one.samples.valid.filter((value) => !validate(value).ok)).toEqual([]);
    expect(one.samples.invalid.filter((value) => validate(value).ok)).toEqual([]);
    expect(checkToolDefinition(one).quarantine).toEqual([]);
  });

  test("the schemas of real tools compile without a reservation and none is quarantined", async () => {
    for (const one of real) {
      expect((await compileValidator(one.inputSchema)).notes).toEqual([]);
      expect(checkToolDefinition(one)).toEqual({ quarantine: [], warnings: [] });
    }
  });

  test("REQ-SCHEMA-1 awkward tool names stay apart", () => {
    for (const { toolName, expect: wanted } of nasty) {
      if (toolName === undefined || wanted.functionName === undefined) continue;
      const map = exposeNames([
        { server: "s", tool: toolName },
        { server: "s", tool: wanted.functionName.injectiveWith },
      ]);
      expect(new Set(map.entries.map(({ name }) => name)).size).toBe(2);
    }
  });
});
