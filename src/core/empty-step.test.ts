// A response without any content.
import { expect } from "vitest";
import { check, start, step } from "./council.test-support.ts";
import { conversationOf } from "./index.ts";
import { agentId } from "./ids.ts";

check(
  "REQ-COORD-21.2: a step without any part is no message of the conversation",
  { agents: ["ann", "bob"] },
  [start("ann"), step("ann", [])],
  (council) => {
    expect(conversationOf(council.state, agentId("ann")).map(({ role }) => role)).toEqual(["user"]);
  },
);
