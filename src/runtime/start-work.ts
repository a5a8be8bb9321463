// Starts what the plan asks for: records that it begins, makes its job, and hands the work over.
import { nextTurnId, openCalls, presentationPrompt, promptFor, type AgentId, type TurnPlan } from "../core/index.ts";
import type { RunContext } from "./context.ts";
import { Job } from "./job.ts";
import { presentationWork } from "./presentation-work.ts";
import { repairWork } from "./repair-work.ts";
import { turnWork } from "./turn-work.ts";

/** Calls that were cut off by the end of a former process are settled before the agent goes on. */
export function startTurn(run: RunContext, planned: TurnPlan): void {
  const {
    state,
    options: { clock },
  } = run;
  const { agent, kind, shown, mayAnswer, mayVote } = planned;
  const open = openCalls(state, agent);
  const broken = open.filter((call) => !call.decision);
  if (broken[0] !== undefined) {
    const job = new Job({ kind: "repair", agent, turn: broken[0].turn, shown, clock });
    return run.launch(job, () => repairWork(run, job, broken));
  }
  const job = new Job({ kind: "turn", agent, turn: nextTurnId(state, agent), shown, clock });
  const prompt = withWords(run.files?.wordsFor(planned), promptFor(state, planned));
  const stored = run.record({ type: "turn-start", agent, turn: job.turn, kind, shown, mayAnswer, mayVote, prompt });
  // A decision that was paid for and not judged yet still counts, unless the agent has been told something new since;
  // after one that was judged there is always something new.
  const undecided = prompt === "" ? open : [];
  run.launch(job, () => turnWork(run, job, { planned, stored, undecided }));
}

export function startPresentation(run: RunContext, agent: AgentId): void {
  const {
    state,
    options: { clock },
  } = run;
  const job = new Job({ kind: "presentation", agent, turn: nextTurnId(state, agent), shown: [], clock });
  const stored = run.record({
    type: "presentation-start",
    agent,
    turn: job.turn,
    prompt: withWords(run.files?.presenterWords(), presentationPrompt(state)),
  });
  run.launch(job, () => presentationWork(run, job, stored));
}

/** What is to be done stands last. Where the conversation goes on by itself nothing is added. */
function withWords(words: string | undefined, prompt: string): string {
  return prompt === "" || words === undefined || words === "" ? prompt : `${words}\n\n${prompt}`;
}
