// Picks the tool a tiny model should call, "none" included: by how much more probable the question becomes for the model once it has
// read what the tool does, and a little by the words that both share.
import type { OfferedTool } from "../../mcp/contract.ts";
import type { Bench } from "./generate.ts";
import { prepareText } from "./generate.ts";
import { meanLogProbability } from "./likelihood.ts";
import type { StepMeter } from "./step-meter.ts";
import { wordOverlap } from "./word-overlap.ts";

/** What "none" scores: a tool must be clearly better than nothing. */
const NONE = 0.5;
/** What a shared word is worth, in natural log-probability per token. */
const OVERLAP_WEIGHT = 0.25;
/** So many tools are judged by likelihood, those that share most words first. */
const JUDGED = 8;
/** From here on the shared words are no accident, and tools without any need not be judged. */
const CLEAR = 0.5;
const DESCRIPTION = 160;

type Candidate = { readonly tool: OfferedTool; readonly overlap: number };
export type Choice = { readonly tool: OfferedTool; readonly score: number };
export type ChoiceRequest = {
  readonly question: string;
  readonly tools: readonly OfferedTool[];
  readonly signal: AbortSignal;
  readonly meter: StepMeter;
};

/** Null = none. Rejects with the signal's reason. */
export async function chooseTool(bench: Bench, request: ChoiceRequest): Promise<Choice | null> {
  const candidates = worthJudging(request.question, request.tools);
  if (candidates.length === 0) return null;
  const alone = await likelihoodAfter(bench, "A user asks: ", request);
  let best: Choice | null = null;
  for (const { tool, overlap } of candidates) {
    const gain = (await likelihoodAfter(bench, introduce(tool), request)) - alone;
    const score = gain + overlap * OVERLAP_WEIGHT;
    if (score > NONE && (best === null || score > best.score)) best = { tool, score };
  }
  return best;
}

/** Tools that share words with the question, if any do. One that may change something is never called for a question that does not speak of it. */
function worthJudging(question: string, tools: readonly OfferedTool[]): readonly Candidate[] {
  const all = tools.map((tool) => ({ tool, overlap: wordOverlap(question, tool) })).toSorted((a, b) => b.overlap - a.overlap);
  const related = all.filter(({ overlap }) => overlap > 0);
  const clear = related.some(({ overlap }) => overlap >= CLEAR);
  return (clear ? related : all.filter(({ tool, overlap }) => overlap > 0 || tool.effect === "read-only")).slice(0, JUDGED);
}

function introduce({ tool, description }: OfferedTool): string {
  return `The tool "${nameInWords(tool)}" does this: ${firstSentence(description)}\nA user who needs this tool asks: `;
}

/** `get-sum` as words. */
export function nameInWords(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replace(/[-_.]+/g, " ")
    .trim();
}

function firstSentence(text: string): string {
  const flat = text.replace(/\s+/g, " ").trim();
  return (/^.*?[.!?](?= |$)/.exec(flat)?.[0] ?? flat).slice(0, DESCRIPTION);
}

function likelihoodAfter({ engine, sequence }: Bench, text: string, { question, signal, meter }: ChoiceRequest): Promise<number> {
  return meanLogProbability({ sequence, prompt: prepareText(engine, text).tokens, text: engine.model.tokenize(question), signal, meter });
}
