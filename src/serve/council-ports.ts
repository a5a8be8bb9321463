// A connection's view of the council: its name, its one tool, and the calls of it.
import { VERSION } from "../io/index.ts";
import type { EndpointPorts, ServedCall } from "../mcp/index.ts";
import { ASK_COUNCIL } from "./ask-request.ts";
import type { Council } from "./council.ts";

const INSTRUCTIONS =
  "`ask_council` puts a question before several AI agents that answer independently, judge each other's answers and vote. Use it for questions where a mistake is expensive. Write the whole question: the agents see nothing else. Ask for progress notifications; it takes minutes.";

/** `failed` hears of bugs. */
export function councilPorts(council: Council, failed: (error: unknown) => void): EndpointPorts {
  return {
    name: "massgen",
    version: VERSION,
    instructions: INSTRUCTIONS,
    logging: true,
    tools: () => [council.declaration],
    knows: (tool) => tool === ASK_COUNCIL,
    call: (call: ServedCall) => council.ask(call),
    failed,
  };
}
