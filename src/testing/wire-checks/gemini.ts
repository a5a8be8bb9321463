// Rules of the Gemini API: known keys, alternating roles, one function response per call, thought signatures back at the part they came with.
import type { ReplayRequest } from "../replay-types.ts";
import { bagOf, bagsOf, nameProblems, pairProblems, unknownKeys, valuesOf, type Bag, type WireCheck } from "./wire-check.ts";

const BODY = new Set([
  "contents",
  "systemInstruction",
  "generationConfig",
  "tools",
  "toolConfig",
  "safetySettings",
  "cachedContent",
  "labels",
  "serviceTier",
]);
const CONFIG = new Set([
  "maxOutputTokens",
  "temperature",
  "topP",
  "topK",
  "candidateCount",
  "stopSequences",
  "seed",
  "presencePenalty",
  "frequencyPenalty",
  "responseMimeType",
  "responseSchema",
  "responseJsonSchema",
  "responseModalities",
  "thinkingConfig",
  "mediaResolution",
  "speechConfig",
  "imageConfig",
]);
const PART = new Set([
  "text",
  "thought",
  "thoughtSignature",
  "functionCall",
  "functionResponse",
  "inlineData",
  "fileData",
  "executableCode",
  "codeExecutionResult",
  "toolCall",
  "toolResponse",
]);
const TOOL = new Set(["functionDeclarations", "googleSearch", "codeExecution", "urlContext"]);
const DECLARATION = new Set(["name", "description", "parameters", "parametersJsonSchema"]);

type Call = { readonly key: string; readonly signature: string | null };

/** Arguments with their keys in one order, so that a call can be recognised. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  return `{${Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`)
    .join(",")}}`;
}

function callOf(part: Bag): Call | null {
  const call = bagOf(part["functionCall"]);
  if (typeof call["name"] !== "string") return null;
  return {
    key: `${call["name"]}${canonical(call["args"] ?? {})}`,
    signature: typeof part["thoughtSignature"] === "string" ? part["thoughtSignature"] : null,
  };
}

function bodyProblems(body: Bag): string[] {
  const declarations = bagsOf(body["tools"]).flatMap((tool) => bagsOf(tool["functionDeclarations"]));
  return [
    ...unknownKeys(body, BODY, "body"),
    ...unknownKeys(bagOf(body["generationConfig"]), CONFIG, "generationConfig"),
    ...bagsOf(body["tools"]).flatMap((tool) => unknownKeys(tool, TOOL, "tools[]")),
    ...declarations.flatMap((one) => unknownKeys(one, DECLARATION, "functionDeclarations[]")),
    ...declarations
      .filter((one) => one["parameters"] !== undefined && one["parametersJsonSchema"] !== undefined)
      .map((one) => `${String(one["name"])} has both forms of parameters`),
    ...nameProblems(declarations.map((one) => String(one["name"]))),
  ];
}

function contentProblems(contents: readonly Bag[]): string[] {
  const problems: string[] = [];
  contents.forEach((content, index) => {
    const where = `contents[${index}]`;
    if (content["role"] !== (index % 2 === 0 ? "user" : "model"))
      problems.push(`${where} has the role ${String(content["role"])}: roles must alternate, the user first`);
    const parts = bagsOf(content["parts"]);
    if (parts.length === 0) problems.push(`${where} is empty`);
    for (const part of parts) problems.push(...unknownKeys(part, PART, `${where}.parts[]`));
    const calls = parts.flatMap((part) => (part["functionCall"] === undefined ? [] : [bagOf(part["functionCall"])]));
    const answers = bagsOf(contents[index + 1]?.["parts"]).flatMap((part) =>
      part["functionResponse"] === undefined ? [] : [bagOf(part["functionResponse"])],
    );
    const idOf = (bag: Bag, at: number): string => String(bag["id"] ?? `${String(bag["name"])}#${at}`);
    if (content["role"] === "model") problems.push(...pairProblems(calls.map(idOf), answers.map(idOf), where));
    calls.forEach((call, at) => {
      if (answers[at]?.["name"] !== undefined && answers[at]["name"] !== call["name"])
        problems.push(`${where}: the result of ${String(call["name"])} is named ${String(answers[at]["name"])}`);
    });
  });
  if (contents.at(-1)?.["role"] !== "user") problems.push("the last content is not the user's");
  return problems;
}

/** What the API takes in place of a signature that the model itself did not give. */
const STAND_IN = "skip_thought_signature_validator";

/** The n-th call of a kind that goes back must carry what the n-th one came with. */
function signatureProblems(calls: readonly Call[], served: ReadonlyMap<string, readonly (string | null)[]>): string[] {
  const seen = new Map<string, number>();
  return calls.flatMap(({ key, signature }) => {
    const at = seen.get(key) ?? 0;
    seen.set(key, at + 1);
    const came = served.get(key)?.[at];
    if (came === undefined || came === signature || (came === null && signature === STAND_IN)) return [];
    return [`the call ${key} came with signature ${String(came)} and goes back with ${String(signature)}`];
  });
}

/** `allow`: further keys of the body that a test sends on purpose. */
export function geminiCheck(allow: readonly string[] = []): WireCheck {
  const served = new Map<string, (string | null)[]>();
  const allowed = new Set(allow.map((key) => `unknown key body.${key}`));
  return {
    reply: (reply) => {
      for (const value of valuesOf(reply)) {
        const parts = bagsOf(bagOf(value)["candidates"]).flatMap((candidate) => bagsOf(bagOf(candidate["content"])["parts"]));
        for (const call of parts.map(callOf)) if (call !== null) served.set(call.key, [...(served.get(call.key) ?? []), call.signature]);
      }
    },
    request: ({ body, path }: ReplayRequest) => {
      if (body === null) return ["the body is no JSON"];
      const contents = bagsOf(body["contents"]);
      const calls = contents.flatMap((content) => bagsOf(content["parts"]).map(callOf)).filter((call) => call !== null);
      return [
        ...(/\/models\/[^/]+:(streamGenerateContent|generateContent)/.test(path) ? [] : [`unknown path ${path}`]),
        ...bodyProblems(body).filter((problem) => !allowed.has(problem)),
        ...contentProblems(contents),
        ...signatureProblems(calls, served),
      ];
    },
  };
}
