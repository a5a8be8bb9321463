// Counts the tokens of one model step, also of one that is dropped half-way.
import type { Usage } from "../../core/index.ts";

export class StepMeter {
  input = 0;
  cached = 0;
  output = 0;

  get usage(): Usage {
    return { inputTokens: this.input, cachedTokens: this.cached, outputTokens: this.output, reasoningTokens: 0 };
  }
}
