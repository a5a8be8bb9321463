// A backend over any AI SDK language model: one object per agent, one `runTurn` per turn.
import type { Backend } from "./contract.ts";
import type { LanguageModelSpec } from "./language-model-spec.ts";
import { Meter } from "./meter.ts";
import { Turn } from "./turn.ts";
import { turnLoop } from "./turn-loop.ts";

export type { LanguageModelSpec, TurnServices } from "./language-model-spec.ts";

export function languageModelBackend(spec: LanguageModelSpec): Backend {
  const meter = new Meter();
  return {
    capabilities: spec.capabilities,
    answersBeside: true,
    runTurn: (request, ports) =>
      turnLoop(spec.capabilities.title, async () => new Turn(spec, { request, ports, meter, model: await spec.model() })),
    close: () => Promise.resolve(),
  };
}
