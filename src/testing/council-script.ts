// The shortest sensible council: every agent answers when it may only answer, votes when it may vote, and presents when nothing is offered.
import type { ChatReply, ChatRequest, ChatScript } from "./chat-server.ts";

export type CouncilOptions = {
  /** The n-th answer given, from 1. Default: a sentence with the number. */
  readonly answer?: (request: ChatRequest, n: number) => string;
  /** Which of the offered labels to vote for. Default: the first in alphabetical order. */
  readonly choose?: (labels: readonly string[], request: ChatRequest) => string;
  readonly presentation?: string;
};

type Tool = {
  readonly function: {
    readonly name: string;
    readonly parameters?: { readonly properties?: { readonly agent_id?: { readonly enum?: readonly string[] } } };
  };
};

/** Labels that the offered `vote` tool takes. */
export function votableLabels({ body }: ChatRequest): readonly string[] {
  const vote = ((body["tools"] ?? []) as readonly Tool[]).find((tool) => tool.function.name === "vote");
  return vote?.function.parameters?.properties?.agent_id?.enum ?? [];
}

export function councilScript(options: CouncilOptions = {}): ChatScript {
  let answers = 0;
  const answer = options.answer ?? ((_request: ChatRequest, n: number) => `This is answer number ${n}.`);
  const choose = options.choose ?? ((labels: readonly string[]) => labels.toSorted()[0] ?? "");
  return (request): ChatReply => {
    if (request.tools.includes("vote")) {
      const label = choose(votableLabels(request), request);
      return { toolCalls: [{ name: "vote", arguments: { agent_id: label, reason: "It answers the question." } }] };
    }
    if (!request.tools.includes("new_answer")) return { text: options.presentation ?? "This is the presented answer." };
    answers += 1;
    return { toolCalls: [{ name: "new_answer", arguments: { content: answer(request, answers) } }] };
  };
}
