// The table of backends as it is printed.
import { describe, expect, test } from "vitest";
import { BACKEND_TABLE } from "../../config/index.ts";
import { world } from "../cli.test-support.ts";

type Row = { readonly type: string; readonly [column: string]: unknown };

async function rows(env: Readonly<Record<string, string>> = {}): Promise<readonly Row[]> {
  const asked = world({ env });
  expect(await asked.run("backends", "--json")).toBe(0);
  return JSON.parse(asked.stdout()) as Row[];
}
const rowOf = (table: readonly Row[], type: string): Row | undefined => table.find((row) => row.type === type);

describe("massgen backends (REQ-CLI-2)", () => {
  test("names every type with its keys, address, abilities, and whether a key is set, never its value", async () => {
    const table = await rows({ GEMINI_API_KEY: "secret-value" });
    expect(table.map(({ type }) => type)).toEqual(Object.keys(BACKEND_TABLE));
    expect(rowOf(table, "gemini")).toEqual({
      type: "gemini",
      title: "Google Gemini",
      defaultModel: "gemini-2.5-flash",
      baseUrl: "https://generativelanguage.googleapis.com/v1beta",
      keyVariables: ["GOOGLE_API_KEY", "GEMINI_API_KEY"],
      key: "set",
      builtins: ["web_search", "code_execution"],
      mcp: true,
      thinking: true,
      structuredOutput: true,
      notes: BACKEND_TABLE["gemini"]?.notes,
    });
    expect(rowOf(table, "claude")).toMatchObject({ key: "missing", baseUrl: "https://api.anthropic.com/v1" });
    expect(rowOf(table, "ollama")).toMatchObject({ key: "not needed", baseUrl: "http://localhost:11434/v1" });
    expect(rowOf(table, "azure_openai")).toMatchObject({ baseUrl: null });
    expect(JSON.stringify(table)).not.toContain("secret-value");
  });

  test("is a line each for people, with the same facts", async () => {
    const asked = world({ env: { XAI_API_KEY: "secret-value" } });
    expect(await asked.run("backends")).toBe(0);
    const [heads, , ...lines] = asked.stdout().trimEnd().split("\n");
    expect(heads?.split(/ {2,}/)).toEqual(["type", "provider", "key", "can do", "address"]);
    expect(lines).toHaveLength(Object.keys(BACKEND_TABLE).length);
    expect(lines.find((line) => line.startsWith("grok "))?.split(/ {2,}/)).toEqual([
      "grok",
      "xAI Grok",
      "XAI_API_KEY (set)",
      "MCP, thinking, structured output, web search",
      "https://api.x.ai/v1",
    ]);
    expect(asked.stdout()).not.toContain("secret-value");
  });
});
