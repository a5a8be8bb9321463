// Reads a prompt into a sequence in small pieces: the library itself cannot be stopped inside one.
import type { LlamaContextSequence, Token } from "node-llama-cpp";
import type { StepMeter } from "./step-meter.ts";

/** Small enough to stop within a fraction of a second, large enough to cost nothing (measured 32 to 512: no difference). */
const CHUNK = 64;
/** Left free for a reply, or for a text that is judged. */
const RESERVED = 128;

export type Prompt = {
  readonly sequence: LlamaContextSequence;
  readonly tokens: readonly Token[];
  readonly signal: AbortSignal;
  readonly meter: StepMeter;
};

/** Afterwards the sequence holds everything but the last token, which is returned: evaluating it gives the first new token. Rejects with the signal's reason. */
export async function prefill({ sequence, tokens, signal, meter }: Prompt): Promise<Token> {
  const last = tokens.at(-1);
  if (last === undefined) throw new Error("an empty prompt");
  if (tokens.length + RESERVED > sequence.contextSize) {
    throw new Error(
      `the prompt has ${tokens.length} tokens, more than fit into the context of ${sequence.contextSize}; raise context_size`,
    );
  }
  signal.throwIfAborted();
  await sequence.adaptStateToTokens(tokens.slice(0, -1), false);
  const kept = sequence.nextTokenIndex;
  meter.input += tokens.length;
  meter.cached += kept;
  for (let at = kept; at < tokens.length - 1; at += CHUNK) {
    signal.throwIfAborted();
    await sequence.evaluateWithoutGeneratingNewTokens(tokens.slice(at, Math.min(at + CHUNK, tokens.length - 1)));
  }
  signal.throwIfAborted();
  return last;
}
