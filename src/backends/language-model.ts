// A backend over any AI SDK language model: one object per agent, one `runTurn` per turn.
import type { Backend } from "./contract.ts";
import { Turn, type LanguageModelSpec, type Meter } from "./turn.ts";
import { turnLoop } from "./turn-loop.ts";

export type { LanguageModelSpec, TurnServices } from "./turn.ts";

export function languageModelBackend(spec: LanguageModelSpec): Backend {
  const meter: Meter = { mean: 0, steps: 0 };
  return {
    capabilities: spec.capabilities,
    runTurn: (request, ports) => turnLoop(spec.capabilities.title, async () => new Turn(spec, { request, ports, meter, model: await spec.model() })),
    close: () => Promise.resolve(),
  };
}
