import { describe, expect, test } from "vitest";
import { idOfCutReply } from "./wire.ts";

describe("REQ-MCP-6 whose reply was too long", () => {
  test.each([
    ['{"jsonrpc":"2.0","id":7,"result":{"content":', "]}}", 7],
    ['{"id":7,"jsonrpc":"2.0","result":{"method":"x', "]}}", 7],
    [' { "id" : 7 , "error" : {"message":', "}}", 7],
    ['{"result":{"content":', '"}]},"id":7,"jsonrpc":"2.0"}', 7],
    ['{"jsonrpc":"2.0","result":{"content":', '"}]}, "id": 7 } \r', 7],
  ])("is told by its beginning or its end: %j … %j", (head, tail, id) => {
    expect(idOfCutReply(head, tail)).toBe(id);
  });

  test.each([
    ["a server's own request", '{"jsonrpc":"2.0","id":7,"method":"sampling/createMessage","params":{', "}}"],
    ["a request with its id at the end", '{"jsonrpc":"2.0","method":"sampling/createMessage","params":{', '},"id":7}'],
    ["a notice", '{"jsonrpc":"2.0","method":"notifications/message","params":{', '"}}'],
    ["an id of another kind", '{"jsonrpc":"2.0","id":"7","result":{', "}}"],
    ["an id inside the result", '{"jsonrpc":"2.0","result":{', '"x","id":7}}'],
    ["no message at all", "7".repeat(200), '"id":7}'],
  ])("is not taken from %s", (_what, head, tail) => {
    expect(idOfCutReply(head, tail)).toBeNull();
  });
});
