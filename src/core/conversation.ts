// One agent's conversation as a model is sent it: user messages, finished steps, and for every call exactly one result, in call order.
import type { AgentId } from "./ids.ts";
import type { AssistantPart, Message, ToolCallPart, ToolResult } from "./message.ts";
import type { State, Talk, TalkItem } from "./state.ts";
import { OUTCOME_UNKNOWN } from "./decision-words.ts";
import { unreachable } from "./unreachable.ts";
import { isWorkflowTool } from "./workflow-names.ts";

const projected = new WeakMap<Talk, readonly Message[]>();

/** The whole conversation, oldest first. In plain chat the run's history stands before it as messages of their own. */
export function conversationOf(state: State, agent: AgentId): readonly Message[] {
  const talk = talkOf(state, agent);
  if (talk === null) return [];
  const messages = projected.get(talk) ?? project(itemsOf(talk));
  projected.set(talk, messages);
  return isChat(state) ? [...historyOf(state), ...messages] : messages;
}

/** True where a model could not be asked without a further user message. */
export function endsWithAssistant(state: State, agent: AgentId): boolean {
  return conversationOf(state, agent).at(-1)?.role === "assistant";
}

function isChat({ run, council }: State): boolean {
  return run?.settings.singleAgent === "chat" && council.members.length === 1;
}

function historyOf({ run }: State): readonly Message[] {
  return (run?.history ?? []).map(({ role, text }): Message =>
    role === "user" ? { role, text } : { role, parts: [{ type: "text", text }] },
  );
}

function talkOf(state: State, agent: AgentId): Talk | null {
  const ordinal = state.run?.ordinals.get(agent);
  return ordinal === undefined ? null : (state.talks[ordinal] ?? null);
}

function itemsOf(talk: Talk): readonly TalkItem[] {
  const items: TalkItem[] = [];
  for (let link = talk.items; link !== null; link = link.before) items.push(link.item);
  return items.reverse();
}

type Pending = { readonly calls: readonly ToolCallPart[]; readonly results: Map<string, ToolResult>; decided: string | null };

function project(items: readonly TalkItem[]): readonly Message[] {
  const messages: Message[] = [];
  let pending: Pending = { calls: [], results: new Map(), decided: null };
  const close = (): void => {
    if (pending.calls.length > 0) messages.push({ role: "tool", results: resultsOf(pending) });
  };
  const begin = (calls: Pending["calls"], message: Message): void => {
    close();
    pending = { calls, results: new Map(), decided: null };
    messages.push(message);
  };
  for (const item of items) {
    switch (item.kind) {
      case "result":
        pending.results.set(item.result.call, item.result);
        break;
      case "decided":
        pending.decided = item.text;
        break;
      case "user":
        begin([], { role: "user", text: item.text });
        break;
      case "step":
        begin(callsIn(item.parts), { role: "assistant", parts: item.parts });
        break;
      default:
        unreachable(item);
    }
  }
  close();
  return messages;
}

function callsIn(parts: readonly AssistantPart[]): readonly ToolCallPart[] {
  return parts.filter((part) => part.type === "tool-call").filter((part) => part.providerExecuted !== true);
}

function resultsOf({ calls, results, decided }: Pending): readonly ToolResult[] {
  return calls.map((call) => results.get(call.call) ?? closedCall(call, decided));
}

/** The result of a call whose real one never came. */
function closedCall({ call, providerCall, name }: ToolCallPart, decided: string | null): ToolResult {
  const recorded = isWorkflowTool(name) ? decided : null;
  const text = recorded ?? (isWorkflowTool(name) ? NOT_COUNTED : OUTCOME_UNKNOWN);
  return { call, providerCall, name, isError: recorded === null, content: [{ type: "text", text }] };
}

const NOT_COUNTED = "This did not count, because the run was interrupted. Decide again.";
