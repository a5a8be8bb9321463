// Lets a tiny model write the arguments of one tool call: shown three examples, held to a grammar made from the tool's own schema.
import type { Json } from "../../core/index.ts";
import type { JsonSchema, OfferedTool } from "../../mcp/contract.ts";
import { nameInWords } from "./choose-tool.ts";
import { generate, makeGrammar, prepareText, type Bench } from "./generate.ts";
import { toGrammarSchema } from "./grammar-schema.ts";
import { isCompleteObject, parseObject } from "./json-text.ts";
import type { Sampling } from "./sampling.ts";
import type { StepMeter } from "./step-meter.ts";

const EXAMPLES = [
  `Request: What is the weather in Bergen tomorrow?\nTool: weather(city: text, day: text)\nArguments: {"city": "Bergen", "day": "tomorrow"}`,
  `Request: Multiply 4 and 9.\nTool: multiply(x: number, y: number)\nArguments: {"x": 4, "y": 9}`,
  `Request: Say thank you to Anna.\nTool: send message(text: text, to: text)\nArguments: {"text": "thank you", "to": "Anna"}`,
].join("\n\n");
const MAX_TOKENS = 160;
const MAX_STRING = 120;

export type ArgumentsRequest = {
  readonly question: string;
  readonly tool: OfferedTool;
  readonly sampling: Sampling;
  readonly signal: AbortSignal;
  readonly meter: StepMeter;
};
export type WrittenArguments = { readonly input: Json } | { readonly malformed: string };

/** `{}` for a tool that requires nothing. Rejects with the signal's reason. */
export async function writeArguments(bench: Bench, request: ArgumentsRequest): Promise<WrittenArguments> {
  const { question, tool, sampling, signal, meter } = request;
  const required = requiredProperties(tool.inputSchema);
  if (required.length === 0) return { input: {} };
  const grammar = await makeGrammar(bench.engine, toGrammarSchema(tool.inputSchema, { optional: "required", maxString: MAX_STRING }));
  const text = `${EXAMPLES}\n\nRequest: ${question}\nTool: ${nameInWords(tool.tool)}(${required.map(signature).join(", ")})\nArguments: `;
  const prompt = prepareText(bench.engine, text.trimEnd());
  const written = generate(bench, { prompt, sampling, maxTokens: MAX_TOKENS, signal, meter, grammar, complete: isCompleteObject });
  for (;;) {
    const { done, value } = await written.next();
    if (!done) continue;
    const input = parseObject(value.text);
    return input === null ? { malformed: value.text } : { input };
  }
}

type Property = readonly [name: string, schema: unknown];

function requiredProperties(schema: JsonSchema): readonly Property[] {
  if (typeof schema !== "object") return [];
  const { properties, required } = schema;
  if (typeof properties !== "object" || properties === null || !Array.isArray(required)) return [];
  return Object.entries(properties).filter(([name]) => required.includes(name));
}

function signature([name, schema]: Property): string {
  return `${name}: ${kindOf(schema)}`;
}

function kindOf(schema: unknown): string {
  if (typeof schema !== "object" || schema === null) return "text";
  if ("enum" in schema && Array.isArray(schema.enum)) return schema.enum.slice(0, 8).join(" or ");
  const type = "type" in schema ? schema.type : "string";
  return type === "string" || typeof type !== "string" ? "text" : type;
}
