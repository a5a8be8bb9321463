// A backend over any AI SDK language model: one object per agent, one `runTurn` per turn.
import { FailureError } from "./failure-error.ts";
import { failureOf } from "./trouble.ts";
import type { Backend, TurnPart, TurnPorts, TurnRequest } from "./contract.ts";
import { Turn, type LanguageModelSpec, type Meter } from "./turn.ts";
import { turnLoop } from "./turn-loop.ts";

export type { LanguageModelSpec, TurnServices } from "./turn.ts";

async function* guarded(spec: LanguageModelSpec, start: { readonly request: TurnRequest; readonly ports: TurnPorts; readonly meter: Meter }): AsyncGenerator<TurnPart> {
  try {
    const model = await spec.model();
    yield* turnLoop(new Turn(spec, { ...start, model }));
  } catch (error) {
    if (error instanceof FailureError) {
      yield { type: "turn-finished", outcome: "failed", failure: error.failure };
      return;
    }
    const message = `${spec.capabilities.title}: ${error instanceof Error ? error.message : String(error)}`;
    yield { type: "turn-finished", outcome: "failed", failure: failureOf("internal", message) };
  }
}

export function languageModelBackend(spec: LanguageModelSpec): Backend {
  const meter: Meter = { mean: 0, steps: 0 };
  return {
    capabilities: spec.capabilities,
    runTurn: (request, ports) => guarded(spec, { request, ports, meter }),
    close: () => Promise.resolve(),
  };
}
