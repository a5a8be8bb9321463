// A provider's built-in ability behind a function tool of ours: the call is answered by a request of its own in which only that ability is switched on.
import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4ProviderTool } from "@ai-sdk/provider";
import { isRecord, turnId, agentId, type AssistantPart, type Json } from "../core/index.ts";
import type { Clock } from "../io/index.ts";
import type { OwnResult, OwnTool } from "./own-tool.ts";
import { passGate, report } from "./provider-gate.ts";
import { finishedParts, newStep } from "./step-state.ts";
import { StepReader } from "./step.ts";
import type { TurnServices } from "./language-model-spec.ts";

export type NestedAbility = {
  readonly name: string;
  readonly description: string;
  /** The one argument: its name and what it means. */
  readonly argument: readonly [string, string];
  readonly system: string;
  readonly builtin: LanguageModelV4ProviderTool;
};

export type NestedHost = {
  readonly model: LanguageModelV4;
  readonly services: TurnServices;
  readonly clock: Clock;
  readonly options: Omit<LanguageModelV4CallOptions, "prompt" | "tools">;
};

const NEVER = new AbortController().signal;

function argumentOf(input: Json, name: string): string {
  const value = isRecord(input) ? input[name] : undefined;
  return typeof value === "string" ? value : JSON.stringify(input);
}

function wordsOf(part: AssistantPart): string[] {
  if (part.type === "text") return [part.text];
  if (part.type === "provider-tool-result") return [typeof part.output === "string" ? part.output : JSON.stringify(part.output)];
  if (part.type === "tool-call") return [JSON.stringify(part.input ?? {})];
  return [];
}

function resultOf(parts: readonly AssistantPart[]): Pick<OwnResult, "output" | "sources"> {
  const sources = parts.flatMap((part) =>
    part.type === "source" ? [{ url: part.url, ...(part.title === undefined ? {} : { title: part.title }) }] : [],
  );
  const text = parts.flatMap(wordsOf).join("\n").trim();
  const links = sources.map((source) => `- ${source.title ?? source.url}: ${source.url}`).join("\n");
  const output = [text === "" ? "Nothing was found." : text, links === "" ? "" : `Sources:\n${links}`]
    .filter((line) => line !== "")
    .join("\n\n");
  return { output, sources };
}

async function mayAsk({ services, clock }: NestedHost, signal: AbortSignal): Promise<string | null> {
  const closed = await passGate(services.gate, { clock, signal });
  if (closed !== null) return closed;
  let admitted = false;
  try {
    const refused = await services.admit();
    admitted = refused === null;
    return refused?.message ?? null;
  } finally {
    if (!admitted) services.gate.released();
  }
}

/** The function tool that stands for `ability`. Trouble of the nested request is told to the model, which can go on without it. */
export function nestedTool(ability: NestedAbility, host: NestedHost): OwnTool {
  const [argument, meaning] = ability.argument;
  return {
    name: ability.name,
    description: ability.description,
    inputSchema: { type: "object", properties: { [argument]: { type: "string", description: meaning } }, required: [argument] },
    run: async (input, signal) => {
      const refused = await mayAsk(host, signal);
      if (refused !== null) return { output: `Not done: ${refused}`, isError: true };
      const state = newStep(turnId(agentId("nested"), 1), 1);
      const prompt: LanguageModelV4CallOptions["prompt"] = [
        { role: "system", content: ability.system },
        { role: "user", content: [{ type: "text", text: argumentOf(input, argument) }] },
      ];
      const step = new StepReader({
        state,
        model: host.model,
        options: { ...host.options, prompt, tools: [ability.builtin] },
        signals: { news: NEVER, abort: signal },
        letFinish: true,
        timeoutMs: host.services.timeoutMs,
        clock: host.clock,
        context: host.services.context,
      });
      while ((await step.next()) !== null); // What it streams is only for the result.
      const { end } = step;
      report(host.services.gate, end);
      const found = resultOf(finishedParts(state));
      if (end.how === "complete") return { ...found, usage: state.usage };
      return {
        output: end.how === "failed" ? `It failed: ${end.trouble.failure.message}` : "It was stopped.",
        isError: true,
        usage: state.usage,
      };
    },
  };
}
