// The shipped examples are configurations that load, without a single warning, and say what they need.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createFiles } from "../io/index.ts";
import { KEYS, read } from "./config.test-support.ts";
import { BACKEND_TABLE, checkFiles, loadConfig } from "./index.ts";

const FOLDER = join(import.meta.dirname, "../../examples");
/** What a person has set who follows the headers. */
const ENV = {
  ...KEYS,
  AZURE_OPENAI_ENDPOINT: "https://name.openai.azure.com",
  DISCORD_TOKEN: "discord-token-000",
  BRAVE_API_KEY: "brave-key-0000",
  NOTION_TOKEN_ONE: "notion-token-one",
  NOTION_TOKEN_TWO: "notion-token-two",
};
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith(".yaml"));

describe("the shipped examples (REQ-CONFIG-28)", () => {
  test("are there", () =>
    expect(FILES).toEqual(
      expect.arrayContaining([
        "gemini_mcp.yaml",
        "single_agent.yaml",
        "three_agents_default.yaml",
        "three_providers.yaml",
        "openai_compatible.yaml",
      ]),
    ));

  test.each(FILES)("%s loads without a warning, also by its name and with dashes", async (name) => {
    const options = { files: createFiles(), env: ENV, examples: FOLDER };
    const loaded = await loadConfig({ ...options, source: join(FOLDER, name), strict: true });
    expect(loaded.warnings).toEqual([]);
    expect((await loadConfig({ ...options, source: name.replace(".yaml", "").replaceAll("_", "-") })).config.agents).toEqual(
      loaded.config.agents,
    );
    const { ok, problems } = await checkFiles([join(FOLDER, name)], { ...options, env: {} });
    expect({ ok, others: problems.filter(({ code }) => code !== "unset-variable") }).toEqual({ ok: true, others: [] });
  });

  test.each(FILES)("%s names in its header the variables it needs, and how to try it", async (name) => {
    const text = readFileSync(join(FOLDER, name), "utf8");
    const header = text.slice(0, text.search(/^[a-z]/m));
    expect(header).toContain(`massgen --config ${name.replace(".yaml", "")} "`);
    const { config } = await read(text);
    for (const { backend } of config?.agents ?? []) {
      const row = BACKEND_TABLE[backend.type];
      if (row !== undefined && !row.keyOptional) expect(header).toContain(row.keyVariables[0]);
    }
  });
});
