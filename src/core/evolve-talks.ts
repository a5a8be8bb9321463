// What happens to one agent's conversation: user messages, finished steps, and results for the calls of the last step.
import type { EventOf } from "./events.ts";
import type { OpenCall, Talk, TalkItem } from "./state.ts";
import { isWorkflowTool } from "./workflow-names.ts";

export const emptyTalk: Talk = { items: null, open: [], beforePresentation: undefined };

/** Adds an item. A user message closes the calls that are still open; an empty one adds nothing. */
export function addToTalk(talk: Talk, item: TalkItem): Talk {
  if (item.kind === "user" && item.text === "") return talk;
  const open = item.kind === "user" ? [] : talk.open;
  return { ...talk, items: { item, before: talk.items }, open };
}

/** A turn's request answers every call that is still open, so only a decision that was never judged can still get its result. */
export function beginTurn(talk: Talk, prompt: string): Talk {
  const begun = addToTalk(talk, { kind: "user", text: prompt });
  return begun.open.length === 0 ? begun : { ...begun, open: begun.open.filter(({ decision }) => decision) };
}

/** A step without any part (an error before the first token) is no message. */
export function recordStep(talk: Talk, event: EventOf<"model-step">): Talk {
  if (event.parts.length === 0) return talk;
  return { ...addToTalk(talk, { kind: "step", parts: event.parts }), open: callsOf(event) };
}

export function noteToolCall(talk: Talk, { call, effect, recorded }: EventOf<"tool-call">): Talk {
  if (recorded === true) return talk;
  const index = talk.open.findIndex((open) => open.call === call);
  const known = talk.open[index];
  return known === undefined ? talk : { ...talk, open: talk.open.with(index, { ...known, effect }) };
}

/** Only calls of the last step take results: what was sent to the model before never changes. */
export function recordResult(talk: Talk, event: EventOf<"tool-result">): Talk {
  const { call, providerCall, name, isError, content } = event;
  const open = talk.open.filter((each) => each.call !== call);
  if (open.length === talk.open.length) return talk;
  return { ...addToTalk(talk, { kind: "result", result: { call, providerCall, name, isError, content } }), open };
}

/** A presentation that did not end starts again from where the first one started. */
export function rewindPresentation(talk: Talk, prompt: string): Talk {
  const items = talk.beforePresentation === undefined ? talk.items : talk.beforePresentation;
  return addToTalk({ items, open: [], beforePresentation: items }, { kind: "user", text: prompt });
}

function callsOf({ turn, step, parts }: EventOf<"model-step">): readonly OpenCall[] {
  return parts.flatMap((part): OpenCall[] => {
    if (part.type !== "tool-call" || part.providerExecuted === true) return [];
    const { call, providerCall, name, input, malformed } = part;
    const open = { turn, step, call, providerCall, name, decision: isWorkflowTool(name), effect: null };
    return [{ ...open, ...(input === undefined ? {} : { input }), ...(malformed === undefined ? {} : { malformed }) }];
  });
}
