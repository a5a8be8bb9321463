// The vote of a tiny model: it votes for the answer that it would most probably have given itself.
import type { Label } from "../../core/index.ts";
import type { Ballot, TurnPart } from "../contract.ts";
import { preparePrompt } from "./generate.ts";
import { meanLogProbability } from "./likelihood.ts";
import type { LastPart, LocalTurn } from "./local-turn.ts";

type Scored = { readonly label: Label; readonly score: number };

/** Candidates with their mean log-probability after the bare question, the most probable first; the ballot's order decides between equals. Rejects with the turn's stop. */
export async function scoreCandidates(turn: LocalTurn, ballot: Ballot): Promise<readonly Scored[]> {
  const { engine, sequence } = turn.bench;
  const prompt = preparePrompt(engine, [{ type: "user", text: ballot.question }]).tokens;
  const scored: Scored[] = [];
  for (const { label, content } of ballot.candidates) {
    const text = engine.model.tokenize(content.trim());
    scored.push({ label, score: await meanLogProbability({ sequence, prompt, text, signal: turn.signal, meter: turn.meter }) });
  }
  return scored.toSorted((a, b) => b.score - a.score);
}

export async function* voteByLikelihood(turn: LocalTurn, ballot: Ballot): AsyncGenerator<TurnPart, LastPart> {
  const refusal = await turn.begin();
  if (refusal !== null) return refusal;
  const scored = await scoreCandidates(turn, ballot);
  for (const [place, { label }] of scored.entries()) {
    const call = turn.toolCall("vote", { input: { agent_id: label, reason: reasonFor(turn, scored, place) } });
    yield turn.modelStep([call], "tool-calls");
    const { last } = await turn.decide(call);
    if (last !== null) return last;
    const again = await turn.begin(); // Refused: the next best is the next try.
    if (again !== null) return again;
  }
  return turn.failed({ category: "protocol", code: "E_TURN_ATTEMPTS", message: `${turn.modelName}: every vote was refused` });
}

function reasonFor(turn: LocalTurn, scored: readonly Scored[], place: number): string {
  const own = scored[place]?.score ?? 0;
  const other = scored[place === 0 ? 1 : 0]?.score;
  const compared = other === undefined ? "" : `, against ${other.toFixed(2)} for the ${place === 0 ? "next" : "first"}`;
  return `Chosen by likelihood, not by argument: to ${turn.modelName} this answer is the most probable reply to the question (mean log-probability ${own.toFixed(2)} per token${compared}).`;
}
