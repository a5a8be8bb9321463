import { describe, expect, test } from "vitest";
import { chatServer } from "../testing/index.ts";
import { createIo } from "../io/index.ts";
import { openSession } from "../session/index.ts";
import { parseConfigText } from "../config/index.ts";
import type { LiveItem } from "../log/index.ts";

/** The deltas a follower sees of one answer that is streamed in so many pieces. */
async function followed(pieces: number, text: string): Promise<{ readonly deltas: readonly string[]; readonly answer: string | null }> {
  await using server = await chatServer(() => ({ text, pieces }));
  const backend = { type: "chatcompletion", model: "scripted", base_url: server.baseUrl, api_key: "test-key" };
  const source = JSON.stringify({ agents: [{ id: "a", backend }], ui: { use_orchestrator_for_single_agent: false } });
  const { config } = await parseConfigText(source, null, { env: {} });
  if (config === null) throw new Error("the configuration is wrong");
  const session = await openSession(config, { io: createIo(), logs: false, strict: false, yes: false });
  const deltas: string[] = [];
  const follow = (item: LiveItem): void => {
    if (item.kind === "delta" && item.delta.type === "text-delta") deltas.push(item.delta.delta);
  };
  const { answer } = await session.ask("?", [], follow).result;
  await session.close();
  return { deltas, answer };
}

describe("pieces that arrive together", () => {
  test("are handed on together, whole and in order", async () => {
    const text = Array.from({ length: 400 }, (_, n) => `${n} `).join("");
    const { deltas, answer } = await followed(400, text);
    expect(deltas.join("")).toBe(text);
    expect(answer).toBe(text);
    expect(deltas.length).toBeLessThan(400);
  });
});
