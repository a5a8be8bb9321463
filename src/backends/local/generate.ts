// Generates text after a prompt, token by token, so that it can be stopped between any two of them.
import type { ChatHistoryItem, GbnfJsonBasicSchema, GbnfJsonSchema, LlamaContextSequence, LlamaGrammar, Token } from "node-llama-cpp";
import type { Engine } from "./engine.ts";
import { prefill } from "./prefill.ts";
import type { Sampling } from "./sampling.ts";
import type { StepMeter } from "./step-meter.ts";
import { TokenText } from "./token-text.ts";

/** What one turn works with. */
export type Bench = { readonly engine: Engine; readonly sequence: LlamaContextSequence };

export type Prepared = { readonly tokens: readonly Token[]; readonly stops: readonly string[]; readonly stopTokens: ReadonlySet<Token> };

export type GenerateRequest = {
  readonly prompt: Prepared;
  readonly sampling: Sampling;
  readonly maxTokens: number;
  readonly signal: AbortSignal;
  readonly meter: StepMeter;
  readonly grammar?: LlamaGrammar;
  /** True where the text is whole already. */
  readonly complete?: (text: string) => boolean;
};

export type Generated = { readonly text: string; readonly end: "stop" | "length" };

const PENALIZED_TOKENS = 64;

/** A conversation in the model's own chat template, ready for the next reply. */
export function preparePrompt({ model, wrapper }: Engine, history: readonly ChatHistoryItem[]): Prepared {
  const state = wrapper.generateContextState({ chatHistory: [...history, { type: "model", response: [""] }] });
  const stops: string[] = [];
  const stopTokens = new Set<Token>();
  for (const trigger of state.stopGenerationTriggers) {
    const tokens = trigger.tokenize(model.tokenizer);
    if (tokens.length === 1 && tokens[0] !== undefined) stopTokens.add(tokens[0]);
    else stops.push(model.detokenize(tokens, true));
  }
  return { tokens: state.contextText.tokenize(model.tokenizer), stops, stopTokens };
}

/** Plain text to be continued. */
export function prepareText({ model }: Engine, text: string): Prepared {
  const { bos, shouldPrependBosToken } = model.tokens;
  const start = shouldPrependBosToken && bos !== null ? [bos] : [];
  return { tokens: [...start, ...model.tokenize(text)], stops: [], stopTokens: new Set() };
}

/** Rejects where the library cannot make a grammar of the schema. */
export function makeGrammar({ llama, library }: Engine, schema: GbnfJsonSchema): Promise<LlamaGrammar> {
  return Promise.resolve(new library.LlamaJsonSchemaGrammar(llama, schema as Readonly<GbnfJsonBasicSchema>));
}

/** Yields the text as it becomes certain. Rejects with the signal's reason; what was counted until then stands in the meter. */
export async function* generate({ engine, sequence }: Bench, request: GenerateRequest): AsyncGenerator<string, Generated> {
  const { prompt, sampling, signal, meter, grammar } = request;
  const last = await prefill({ sequence, tokens: prompt.tokens, signal, meter });
  const out = new TokenText(engine.model, [...prompt.stops, ...sampling.stop]);
  const tokens = sequence.evaluate([last], {
    temperature: sampling.temperature,
    topK: sampling.topK,
    topP: sampling.topP,
    minP: sampling.minP,
    seed: sampling.seed,
    ...(sampling.repeatPenalty === 1 || grammar !== undefined
      ? {}
      : { repeatPenalty: { punishTokens: () => out.tokens.slice(-PENALIZED_TOKENS), penalty: sampling.repeatPenalty } }),
    ...(grammar === undefined
      ? {}
      : { grammarEvaluationState: new engine.library.LlamaGrammarEvaluationState({ model: engine.model, grammar }) }),
  });
  const most = Math.min(request.maxTokens, sequence.contextSize - prompt.tokens.length - 1);
  let made = 0;
  for await (const token of tokens) {
    signal.throwIfAborted();
    if (prompt.stopTokens.has(token)) break;
    meter.output += 1;
    made += 1;
    const piece = out.push(token);
    if (piece !== "") yield piece;
    if (out.stopped || request.complete?.(out.text) === true) break;
    if (made >= most) {
      yield* rest(out);
      return { text: out.text, end: "length" };
    }
  }
  signal.throwIfAborted();
  yield* rest(out);
  return { text: out.text, end: "stop" };
}

function* rest(out: TokenText): Generator<string> {
  const piece = out.end();
  if (piece !== "") yield piece;
}
