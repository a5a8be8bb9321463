// Shows a text while it is written. Text that streams is an answer, so from its first word on the step is let finish.
import type { TurnPart } from "../contract.ts";
import type { Generated } from "./generate.ts";
import type { LocalTurn } from "./local-turn.ts";

/** Closes its block also where the step is stopped. */
export async function* streamText(turn: LocalTurn, writing: AsyncGenerator<string, Generated>): AsyncGenerator<TurnPart, Generated> {
  const { block } = turn;
  let begun = false;
  try {
    for (;;) {
      const { done, value } = await writing.next();
      if (done) {
        if (begun) yield { type: "text-end", block };
        return value;
      }
      if (!begun) {
        begun = true;
        turn.keep();
        yield { type: "text-start", block };
      }
      yield { type: "text-delta", block, delta: value };
    }
  } catch (error) {
    if (begun) yield { type: "text-end", block };
    throw error;
  }
}
