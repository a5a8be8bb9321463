// `massgen init` writes what loads without a warning, asks a person and nobody else, and never replaces a file by itself.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { parseConfigText } from "../config/index.ts";
import { world, type World } from "./cli.test-support.ts";
import { configurationText, SERVERS_TO_TRY } from "./first-configuration.ts";

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "massgen-init-"));
  folders.push(made);
  return made;
}

/** Types each line when its prompt is there, so that no line is lost between two questions. */
async function answer(w: World, running: Promise<number>, lines: readonly (readonly [prompt: string, line: string])[]): Promise<number> {
  for (const [prompt, line] of lines) {
    await expect.poll(() => w.stderr(), { interval: 5, timeout: 10_000 }).toContain(prompt);
    w.stdin.write(`${line}\r`);
  }
  return running;
}

async function load(path: string, env: Readonly<Record<string, string>>) {
  const { config, problems } = await parseConfigText(readFileSync(path, "utf8"), path, { env, strict: true });
  return {
    agents: config?.agents.map(({ id, backend }) => ({ id, type: backend.type, servers: backend.mcpServers.map(({ name }) => name) })),
    problems,
  };
}

const KEYS = { GEMINI_API_KEY: "gemini-secret-1234", OPENAI_API_KEY: "openai-secret-1234", MISTRAL_API_KEY: "mistral-secret-1234" };

describe("massgen init (REQ-DOCS-6)", () => {
  test("without a terminal it writes a team for the keys that are found, and no key's value", async () => {
    const cwd = folder();
    const w = world({ cwd, env: KEYS });
    expect(await w.run("init")).toBe(0);
    expect(w.stdout()).toContain("massgen --config massgen.yaml");
    const { agents, problems } = await load(join(cwd, "massgen.yaml"), KEYS);
    expect(problems).toEqual([]);
    expect(agents?.map(({ type }) => type)).toEqual(["gemini", "openai", "mistral"]);
    const text = readFileSync(join(cwd, "massgen.yaml"), "utf8");
    expect(text).toContain("# Needs: GEMINI_API_KEY, OPENAI_API_KEY, MISTRAL_API_KEY.");
    expect(text).not.toContain("secret");
  });

  test("without any key it writes local agents; keys of a .env file count", async () => {
    const local = folder();
    expect(await world({ cwd: local }).run("init", "team.yaml", "--yes")).toBe(0);
    expect((await load(join(local, "team.yaml"), {})).agents?.map(({ type }) => type)).toEqual(["local", "local", "local"]);
    const dotEnv = folder();
    writeFileSync(join(dotEnv, ".env"), "XAI_API_KEY=grok-secret-1234\n");
    expect(await world({ cwd: dotEnv }).run("init")).toBe(0);
    expect((await load(join(dotEnv, "massgen.yaml"), { XAI_API_KEY: "x" })).agents?.map(({ type }) => type)).toEqual([
      "grok",
      "grok",
      "grok",
    ]);
  });

  test("a file that exists is left alone, with --yes too; a second file and another ending are refused", async () => {
    const cwd = folder();
    writeFileSync(join(cwd, "massgen.yaml"), "mine");
    for (const argv of [
      ["init"],
      ["init", "--yes"],
      ["init", "massgen.json"],
      ["init", "a.yaml", "b.yaml"],
      ["init", "no/such/folder/a.yaml"],
    ]) {
      const w = world({ cwd });
      expect(await w.run(...argv)).toBe(2);
      expect(w.stderr()).toMatch(/^massgen: /);
    }
    expect(readFileSync(join(cwd, "massgen.yaml"), "utf8")).toBe("mine");
  });

  test("a person chooses providers, the number of agents and servers, and a wrong answer is asked again", async () => {
    const cwd = folder();
    const w = world({ cwd, env: KEYS, tty: true });
    const code = await answer(w, w.run("init"), [
      ["Numbers, all or none [all]", "7"],
      ["Numbers from 1 to 3", "2"],
      ["How many agents", "2"],
      ["MCP servers to try", "1,2"],
      ["Start the MCP servers now", "n"],
    ]);
    expect(code).toBe(0);
    const { agents, problems } = await load(join(cwd, "massgen.yaml"), KEYS);
    expect(problems).toEqual([]);
    expect(agents).toEqual([1, 2].map((n) => ({ id: `openai-${n}`, type: "openai", servers: ["files", "memory"] })));
    expect(w.stdout()).toContain("massgen mcp test --config massgen.yaml");
  });

  test("a person may keep the old file or replace it, and leaving writes nothing", async () => {
    const cwd = folder();
    const path = join(cwd, "massgen.yaml");
    writeFileSync(path, "mine");
    const upTo = (last: string) =>
      [
        ["How many agents", ""],
        ["MCP servers to try", ""],
        ["exists. Replace it?", last],
      ] as const;
    const keep = world({ cwd, tty: true });
    expect(await answer(keep, keep.run("init"), upTo(""))).toBe(130);
    expect(readFileSync(path, "utf8")).toBe("mine");
    const leave = world({ cwd, tty: true });
    expect(await answer(leave, leave.run("init", "other.yaml"), [["How many agents", "\u0003"]])).toBe(130);
    const replace = world({ cwd, tty: true });
    expect(await answer(replace, replace.run("init"), upTo("y"))).toBe(0);
    expect((await load(path, {})).agents).toHaveLength(3);
  });

  test("every server to try is pinned and loads without a warning on any agent", async () => {
    const text = configurationText({
      file: "a b.yaml",
      folder: '/odd "folder"',
      agents: [{ id: "one", type: "local", model: null }],
      keys: {},
      servers: SERVERS_TO_TRY,
    });
    const { config, problems } = await parseConfigText(text, null, { env: {}, strict: true });
    expect(problems).toEqual([]);
    expect(config?.agents[0]?.backend.mcpServers.map(({ name }) => name)).toEqual(SERVERS_TO_TRY.map(({ name }) => name));
    for (const server of SERVERS_TO_TRY) expect(server.lines("/x").join("\n")).toMatch(/@\d+\.\d+\.\d+/);
  });
});
