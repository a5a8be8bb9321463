// What the program says of the local model before and while it answers: which one, how large, and how far to trust it.
import type { ModelFacts } from "./model-facts.ts";
import { sizeInWords } from "./model-catalog.ts";

/** "SmolLM2 135M Instruct (Q4_1), 135 million parameters, 98 MB, on this machine" */
export function modelLine({ title, parameters, bytes }: ModelFacts): string {
  const millions = parameters / 1e6;
  const count = millions < 1000 ? `${Math.round(millions)} million` : `${(millions / 1000).toFixed(1)} billion`;
  return `${title}, ${count} parameters, ${sizeInWords(bytes)}, on this machine`;
}

/** Null where the model is large enough to be taken at its word. */
export function tinyModelNote({ tiny, title }: ModelFacts): string | null {
  if (!tiny) return null;
  return `${title} is a tiny model: it shows how agents answer, call tools and vote, but its answers are often wrong. The program decides when it may call a tool and picks the tool; votes go by likelihood.`;
}
