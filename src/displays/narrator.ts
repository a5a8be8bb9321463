// Tells a run as lines of plain words: what `simple` and `terminal` print. Reads fields only, never meaning from text.
import type { AgentId, CallId, DeltaEvent, Entry, EventOf, RunEvent } from "../core/index.ts";
import type { LiveItem } from "../log/contract.ts";
import { duration, failureText, plural, shortArguments, shortContent, withNext } from "./format.ts";
import { hearOnce } from "./heard-once.ts";
import { bad, note, type Line, type Tone } from "./line.ts";
import { rememberSpeech, type Said } from "./said.ts";
import { lineBuffer, type Speech } from "./speech.ts";

const ARGUMENTS_WIDTH = 160;
const RESULT_WIDTH = 200;

export type Narrator = {
  /** The lines this item gives, in order; none for deltas that complete no line and for types it does not know. */
  tell(item: LiveItem): readonly Line[];
};

type Memory = {
  readonly calls: Map<CallId, string>;
  readonly planned: Map<CallId, { readonly agent: AgentId; readonly name: string }>;
  readonly said: Said;
  /** What was last told of a server that does not work, so that each attempt does not tell it again. */
  readonly troubles: Map<string, string>;
  presenting: boolean;
};
type Told = Exclude<RunEvent["type"], "text-start" | "text-delta" | "text-end" | "reasoning-start" | "reasoning-delta" | "reasoning-end">;
type Tellers = { readonly [Type in Told]: (event: EventOf<Type>, memory: Memory) => readonly Line[] };

/** One narrator per run. */
export function narrate(): Narrator {
  const hear = hearOnce();
  const speech = lineBuffer();
  const memory: Memory = { calls: new Map(), planned: new Map(), said: rememberSpeech(), troubles: new Map(), presenting: false };
  return {
    tell: (item) => {
      const heard = hear(item);
      if (heard === null) return [];
      // The presentation is printed whole as the result; a cut or refused one is not the result and must not look like it.
      if (heard.kind === "delta") return memory.presenting ? [] : hearDelta(heard.delta, speech, memory);
      const before = "agent" in heard.entry && typeof heard.entry.agent === "string" ? speech.flush(heard.entry.agent) : [];
      return [...before, ...tellEntry(heard.entry, memory)];
    },
  };
}

function hearDelta(delta: DeltaEvent, speech: Speech, { said }: Memory): readonly Line[] {
  said.hear(delta);
  return speech.hear(delta);
}

function tellEntry(entry: Entry, memory: Memory): readonly Line[] {
  const teller = Object.hasOwn(TELLERS, entry.type) ? TELLERS[entry.type as Told] : undefined;
  return teller === undefined ? [] : (teller as (event: RunEvent, memory: Memory) => readonly Line[])(entry, memory);
}

const by = (agent: AgentId, tone: Tone, text: string): readonly Line[] => [{ agent, tone, text }];
const silent = (): readonly Line[] => [];

const TELLERS: Tellers = {
  "run-start": ({ question, agents }) => [
    { agent: null, tone: "heading", text: question },
    ...agents.map((agent): Line => note(`${agent.id}: ${agent.backend}${agent.model === null ? "" : `, ${agent.model}`}`)),
  ],
  "run-resumed": () => [note("The run goes on where it stopped.")],
  "run-end": silent,
  "turn-start": ({ agent, kind, mayVote }, { said }) => {
    said.forget(agent);
    return by(agent, "note", kind === "evaluation" ? `compares ${plural(mayVote.length, "answer")}` : "starts working");
  },
  "turn-end": ({ agent, outcome, failure }) => {
    if (outcome === "failed") return by(agent, "bad", `failed: ${failureText(failure)}`);
    return outcome === "interrupted" ? by(agent, "note", "stops here: there is news, or the run is decided") : [];
  },
  "answer-submitted": ({ agent, answer, content, late }, { said }) => {
    const remark = late ? " (too late to count)" : "";
    if (said.already(agent, content)) return by(agent, "good", `answer ${answer}${remark}: the text above`);
    const lines = content.split("\n").map((text): Line => ({ agent, tone: "speech", text }));
    return [...by(agent, "good", `answer ${answer}${remark}:`), ...lines];
  },
  "vote-submitted": ({ agent }) => by(agent, "good", "has voted"),
  "decision-invalid": ({ agent, message }) => by(agent, "note", `is asked to decide again: ${message}`),
  "deadline-reached": ({ deadline }) => [
    note(deadline === "orchestrator" ? "The time is over: the best answer so far is taken." : "The time for first answers is over."),
  ],
  "presentation-start": ({ agent }, memory) => {
    memory.presenting = true;
    return by(agent, "good", "was chosen and presents the answer");
  },
  "presentation-end": ({ agent, outcome, failure }, memory) => {
    memory.presenting = false;
    return outcome === "done"
      ? []
      : by(agent, "bad", `could not present (${failure?.message ?? outcome}); the stored answer is the result`);
  },
  "model-step": silent,
  "retry-scheduled": ({ agent, delayMs, failure }) => by(agent, "note", `tries again in ${duration(delayMs)}: ${failure.message}`),
  "tool-call": ({ agent, call, server, tool, input, recorded }, memory) => {
    const name = server === null ? tool : `${server}/${tool}`;
    memory.calls.set(call, name);
    if (recorded === true) return [];
    return by(agent, "tool", `calls ${name} ${shortArguments(input, ARGUMENTS_WIDTH)}`.trimEnd());
  },
  "tool-verdict": ({ agent, call, verdict, reason, rule }, memory) =>
    verdict === "deny" ? by(agent, "bad", `may not call ${memory.calls.get(call) ?? "the tool"}: ${reason} (${rule})`) : [],
  "tool-progress": silent,
  "tool-result": ({ agent, call, name, isError, durationMs, content, cached }, memory) => {
    const tool = memory.calls.get(call);
    memory.calls.delete(call);
    // Decisions are calls too, without a `tool-call`: they are told as what they decide. A planned call is told as one.
    if (tool === undefined && !isError) return [];
    const outcome = isError ? "failed" : cached === true ? "answered from the cache" : "answered";
    return by(
      agent,
      isError ? "bad" : "tool",
      `${tool ?? name} ${outcome} in ${duration(durationMs)}: ${shortContent(content, RESULT_WIDTH)}`,
    );
  },
  "permission-asked": ({ agent, server, tool, input }) =>
    by(agent, "note", `asks for permission: ${server}/${tool} ${shortArguments(input, ARGUMENTS_WIDTH)}`),
  "permission-answered": ({ agent, allow, by: who }) =>
    by(agent, allow ? "note" : "bad", `permission ${allow ? "given" : "refused"} by ${who === "person" ? "you" : "the policy"}`),
  "form-asked": ({ agent, server, form, problem }) =>
    by(agent, "note", `MCP server ${server} asks: ${problem === null ? "" : `(again) ${problem} `}${form.message}`),
  "form-answered": ({ agent, action }) => by(agent, action === "accept" ? "note" : "bad", FORM_ENDS[action]),
  "intent-recorded": ({ agent, call, server, tool, input }, memory) => {
    memory.calls.delete(call);
    memory.planned.set(call, { agent, name: `${server}/${tool}` });
    const what = `${server}/${tool} ${shortArguments(input, ARGUMENTS_WIDTH)}`.trimEnd();
    return by(agent, "tool", `plans ${what}: recorded, and made only if the answer it belongs to is chosen`);
  },
  "intent-started": ({ call }, { planned }) => {
    const known = planned.get(call);
    return known === undefined ? [] : by(known.agent, "tool", `makes the planned call ${known.name}`);
  },
  "intent-executed": ({ call, isError, code, content }, { planned }) => {
    const { agent, name } = planned.get(call) ?? { agent: null, name: "A planned call" };
    const outcome = code === "outcome-unknown" ? "has an unknown outcome and is not repeated" : isError ? "failed" : "was made";
    return [{ agent, tone: isError ? "bad" : "good", text: `${name} ${outcome}: ${shortContent(content, RESULT_WIDTH)}` }];
  },
  "mcp-server-state": tellServer,
  "breaker-state": ({ scope, state }) => [
    state === "open"
      ? bad(`${scope} failed too often and is left alone for a while.`)
      : note(`${scope}: ${state === "closed" ? "works again" : "is tried again"}.`),
  ],
  "catalog-changed": ({ server, added, removed, changed }) => [
    note(`MCP server ${server}: ${added.length} tools added, ${removed.length} removed, ${changed.length} changed.`),
  ],
  "command-received": ({ command }) =>
    command.name === "permission" || command.name === "form" ? [] : [note(COMMAND_WORDS[command.name])],
  "budget-state": ({ agent, percent, exhausted }) => [
    (exhausted ? bad : note)(
      `${agent === null ? "The run" : agent} has used ${Math.round(percent)} % of the budget${exhausted ? ": no further calls" : ""}.`,
    ),
  ],
  "snapshot-saved": silent,
  "changes-applied": ({ path, written, conflicts, kept }) => [
    note(`The answer's changes were carried over to ${path}: ${plural(written, "file")}.`),
    ...(conflicts.length === 0 ? [] : [bad(`Left as they are, because they had been changed meanwhile: ${conflicts.join(", ")}`)]),
    ...(kept.length === 0 ? [] : [note(`Removed in the agent's copy, left in the folder: ${kept.join(", ")}`)]),
  ],
  warning: ({ message, next, agent }) => [{ agent: agent ?? null, tone: "bad", text: withNext(message, next) }],
};

const FORM_ENDS = {
  accept: "the form was filled in by you",
  decline: "the form was declined",
  cancel: "the form was left without an answer",
} as const;

const COMMAND_WORDS = {
  "answer-now": "You asked for the answer now.",
  cancel: "Stopping.",
  pause: "Paused: nothing new is started.",
  resume: "Going on.",
} as const;

/** A server that only one agent has is told as that agent's. */
function tellServer(event: EventOf<"mcp-server-state">, memory: Memory): readonly Line[] {
  const { server, agent, state, tools, message, next } = event;
  const line = (tone: Tone, text: string): readonly Line[] => [{ agent, tone, text: `MCP server ${server} ${text}` }];
  if (state === "reconnecting") return tellAttempt(event, memory).flatMap(([tone, text]) => line(tone, text));
  if (state !== "connecting") memory.troubles.delete(keyOf(event));
  if (state === "failed") return line("bad", `failed: ${withNext(message ?? "no reason given", next)}`);
  if (state === "ready") return line("note", `is ready${tools === undefined ? "" : ` with ${plural(tools, "tool")}`}.`);
  return state === "closed" ? [] : line("note", "is connecting …");
}

const keyOf = ({ server, agent }: EventOf<"mcp-server-state">): string => JSON.stringify([agent, server]);

/** With a message an attempt has failed and another follows; without one it begins, which is news only where no failure was told. */
function tellAttempt(event: EventOf<"mcp-server-state">, { troubles }: Memory): readonly (readonly [Tone, string])[] {
  const { message, next } = event;
  const told = troubles.get(keyOf(event));
  if (message === undefined) return told === undefined ? [["note", "is reconnecting …"]] : [];
  troubles.set(keyOf(event), message);
  if (told === message) return [["bad", "still does not work, and is tried again."]];
  return [["bad", `does not work, and is tried again: ${withNext(message, next)}`]];
}
