// Our one agent loop: request, tool calls, decision, until the turn is over. It never throws; trouble is its last part.
import { afterStep, pause, type Done, type Phase } from "./after-step.ts";
import type { TurnPart } from "./contract.ts";
import { FailureError } from "./failure-error.ts";
import { report } from "./provider-gate.ts";
import { StepReader, type StepInput } from "./step.ts";
import { failureOf } from "./trouble.ts";
import type { Turn } from "./turn.ts";

/** `open` may throw: a FailureError with its failure, anything else as a bug of ours that ends this turn only. */
export async function* turnLoop(title: string, open: () => Promise<Turn>): AsyncGenerator<TurnPart> {
  try {
    const turn = await open();
    await firstTools(turn);
    for (;;) {
      const ready = turn.stopped() ?? (yield* prepare(turn));
      if ("type" in ready) return void (yield ready);
      const step = new StepReader(ready.input);
      try {
        for (let part = await step.next(); part !== null; part = await step.next()) yield part;
      } finally {
        step.release();
        report(turn.spec.gate, step.end);
      }
      const last = yield* afterStep(turn, ready, step.end);
      if (last !== null) return void (yield last);
    }
  } catch (error) {
    const failure =
      error instanceof FailureError
        ? error.failure
        : failureOf("internal", `${title}: ${error instanceof Error ? error.message : String(error)}`);
    yield { type: "turn-finished", outcome: "failed", failure };
  }
}

/** Servers that were never seen before get a moment before the first request. */
async function firstTools({ request, ports }: Turn): Promise<void> {
  if (!request.useTools || ports.tools.pending().length === 0) return;
  await ports.tools.settled(request.limits.toolGraceMs, AbortSignal.any([ports.news, ports.abort]));
}

type Ready = Done & { readonly input: StepInput };

/** The next request, or the turn's last part where there will be none. */
async function* prepare(turn: Turn): AsyncGenerator<TurnPart, TurnPart | Ready> {
  const waited = yield* throughGate(turn);
  if (waited !== null) return waited;
  let ready: Ready | null = null;
  try {
    const refusal = await turn.ports.admit();
    if (refusal !== null) return turn.failed(refusal);
    const table = turn.tools();
    const input = turn.input(table);
    return (ready = { input, state: input.state, table });
  } finally {
    if (ready === null) turn.spec.gate.released();
  }
}

/** Waits shorter than this are not worth a word. */
const WORTH_TELLING_MS = 1_000;

/** Waits until the account may be asked; the turn's last part where it never may, or the turn was stopped meanwhile. */
async function* throughGate(turn: Turn): Phase {
  for (;;) {
    const pass = turn.spec.gate.ask(turn.estimatedTokens());
    if (pass.go === true) return null;
    if (pass.go === "never") return turn.failed(pass.trouble.failure);
    if (pass.waitMs >= WORTH_TELLING_MS)
      yield* turn.warnOnce(`${turn.context.provider}: waiting because of ${pass.why}`, "E_PROVIDER_RATE");
    await pause(turn, pass.waitMs);
    const stopped = turn.stopped();
    if (stopped !== null) return stopped;
  }
}
