import type { LlamaModel, Token } from "node-llama-cpp";
import { describe, expect, test } from "vitest";
import { TokenText } from "./token-text.ts";

/** A model whose tokens are bytes. */
const bytes: Pick<LlamaModel, "detokenize"> = { detokenize: (tokens) => Buffer.from(tokens as readonly number[]).toString("utf8") };

function feed(text: string, stops: readonly string[]): { pieces: string[]; out: TokenText } {
  const out = new TokenText(bytes, stops);
  const pieces: string[] = [];
  for (const byte of Buffer.from(text)) {
    if (out.stopped) break;
    pieces.push(out.push(byte as Token));
  }
  pieces.push(out.end());
  return { pieces: pieces.filter((piece) => piece !== ""), out };
}

describe("text from tokens", () => {
  test("a character that spans tokens comes whole", () => {
    expect(feed("aé😀b", []).pieces).toEqual(["a", "é", "😀", "b"]);
  });

  test("what may become a stop word is held back, and nothing of it is shown", () => {
    const { pieces, out } = feed("one END two", ["END"]);
    expect(pieces.join("")).toBe("one ");
    expect(out).toMatchObject({ text: "one ", stopped: true });
    expect(feed("one EN", ["END"]).pieces.join("")).toBe("one EN");
  });
});
