// How probable a text is as the continuation of a prompt, for choices that a tiny model cannot make in words.
import type { LlamaContextSequence, Token } from "node-llama-cpp";
import { prefill } from "./prefill.ts";
import type { StepMeter } from "./step-meter.ts";

export type LikelihoodRequest = {
  readonly sequence: LlamaContextSequence;
  readonly prompt: readonly Token[];
  /** Only its first tokens are judged where it is long. */
  readonly text: readonly Token[];
  readonly signal: AbortSignal;
  readonly meter: StepMeter;
};

const CHUNK = 32;
const JUDGED_TOKENS = 96;

/** Mean natural log-probability per token; −Infinity for an empty text. The prompt is read once for all texts that follow it. Rejects with the signal's reason. */
export async function meanLogProbability({ sequence, prompt, text, signal, meter }: LikelihoodRequest): Promise<number> {
  const judged = text.slice(0, JUDGED_TOKENS);
  if (judged.length === 0) return Number.NEGATIVE_INFINITY;
  const last = await prefill({ sequence, tokens: prompt, signal, meter });
  // The token at i predicts the one at i + 1; the last one predicts nothing that is asked for.
  const fed = [last, ...judged.slice(0, -1)];
  meter.input += judged.length - 1;
  let sum = 0;
  for (let at = 0; at < fed.length; at += CHUNK) {
    signal.throwIfAborted();
    sum += await scoreChunk(sequence, fed.slice(at, at + CHUNK), judged.slice(at, at + CHUNK));
  }
  return sum / judged.length;
}

async function scoreChunk(sequence: LlamaContextSequence, fed: readonly Token[], wanted: readonly Token[]): Promise<number> {
  const input = fed.map((token, index): [Token, { generateNext: object }] => [
    token,
    { generateNext: { logits: { filter: { tokens: wanted.slice(index, index + 1), includeTop: 1 } }, totalLogitWeight: true } },
  ]);
  const outputs = await sequence.controlledEvaluate(input);
  return wanted.reduce<number>((sum, token, index) => sum + logProbability(outputs[index]?.next, token), 0);
}

type Next = { readonly logits?: ReadonlyMap<Token, number>; readonly totalLogitWeight?: number };

/** The library's weight is the sum of exp(logit − greatest logit). */
function logProbability(next: Next | undefined, token: Token): number {
  const logit = next?.logits?.get(token);
  const weight = next?.totalLogitWeight;
  if (next?.logits === undefined || logit === undefined || weight === undefined) throw new Error("the model gave no probabilities");
  return logit - Math.max(...next.logits.values()) - Math.log(weight);
}
