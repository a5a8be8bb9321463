import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { formatProblem, UsageError } from "../errors/index.ts";
import { createFiles } from "../io/index.ts";
import { checkFiles, loadConfig } from "./index.ts";

const files = createFiles();
const AGENT = "agent: {id: ID, backend: {type: lmstudio}}\n";
let folder = "";
let examples = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "massgen-config-"));
  examples = join(folder, "examples");
  await mkdir(examples);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const write = async (name: string, content: string | Uint8Array): Promise<string> => {
  await writeFile(join(folder, name), content);
  return join(folder, name);
};
const load = (source: string) => loadConfig({ source, files, env: {}, examples });
const idOf = async (source: string) => (await load(source)).config.agents[0]?.id;
const refusal = (source: string): Promise<UsageError> =>
  load(source).then(
    () => Promise.reject(new Error("was loaded")),
    (error: unknown) => (error instanceof UsageError ? error : Promise.reject(error)),
  );

describe("finding a configuration (REQ-CONFIG-23)", () => {
  test("a path comes before an example of the same name", async () => {
    await write("examples/mine.yaml", AGENT.replace("ID", "shipped"));
    expect(await idOf(await write("mine.yaml", AGENT.replace("ID", "own")))).toBe("own");
  });

  test("an example is found by its name, with or without ending, folder and whichever dash", async () => {
    await write("examples/two-locals.yaml", AGENT.replace("ID", "shipped"));
    for (const name of ["two-locals", "two-locals.yaml", "two_locals", "two_locals.yml", "massgen/configs/two_locals.yaml"])
      expect(await idOf(name)).toBe("shipped");
  });

  test("a misspelt example is told with the one that was probably meant", async () => {
    await write("examples/local_mcp.yaml", AGENT.replace("ID", "shipped"));
    const reader = { ...files, list: (path: string) => readdir(path) };
    const told = (source: string): Promise<unknown> =>
      loadConfig({ source, files: reader, env: {}, examples }).catch((error: Error) => error.message);
    expect(await told("local_mpc.yaml")).toContain("(did you mean local_mcp?)");
    expect(await told("nothing")).toContain("no shipped example of that name.");
  });

  test("names cannot leave the folder of examples", async () => {
    await write("outside.yaml", AGENT);
    for (const name of ["../outside", "../outside.yaml", "..", ".", ""]) expect((await refusal(name)).code).toBe("E_CONFIG_NOT_FOUND");
  });

  test("a missing file and a folder are told in one sentence, exit code 2", async () => {
    const missing = await refusal("nothing.yaml");
    expect([missing.code, missing.exitCode, missing.message]).toEqual([
      "E_CONFIG_NOT_FOUND",
      2,
      'There is no configuration file "nothing.yaml", and no shipped example of that name.',
    ]);
    expect((await refusal(examples)).message).toBe(`"${examples}" cannot be read: it is a folder.`);
  });

  test.skipIf(!existsSync("/dev/zero"))("a device that never ends is too large (REQ-CONFIG-12)", async () => {
    expect((await refusal("/dev/zero")).problems.map(({ code }) => code)).toEqual(["too-large"]);
  });

  test("a name that no file can have is a missing file", async () => {
    for (const name of ["a\0b", "x".repeat(5000)]) expect((await refusal(name)).code).toBe("E_CONFIG_NOT_FOUND");
  });
});

describe("files that are no text (REQ-CONFIG-12)", () => {
  const bytes = (text: string): Uint8Array => Buffer.from(text, "latin1");

  test.each([
    ["bad UTF-8", bytes("agent:\n  id: caf\xe9 x\n"), "2:10: The file is not valid UTF-8 here; save it as UTF-8"],
    ["UTF-8 cut at the end", bytes("agent: \xc3"), "1:8: The file is not valid UTF-8 here; save it as UTF-8"],
    ["UTF-16", Buffer.from("\ufeffagent: 1", "utf16le"), "1:1: The file is in UTF-16; save it as UTF-8"],
    [
      "a megabyte and more",
      new Uint8Array(1024 * 1024 + 1).fill(0x20),
      "The file is larger than 1 MiB; a configuration is a few kilobytes",
    ],
    ["nothing at all", new Uint8Array(0), "1:1: The file holds no configuration (expected a mapping with `agents:`)"],
  ])("%s", async (_, content, message) => {
    const path = await write("team.yaml", content);
    const error = await refusal(path);
    expect(error.code).toBe("E_CONFIG_INVALID");
    expect(error.problems.map(formatProblem)).toEqual([`${path}:${message.startsWith("The") ? " " : ""}${message}`]);
  });
});

describe("the error of a load", () => {
  test("holds every problem, warnings included, and prints them one a line (REQ-CONFIG-10)", async () => {
    const path = await write("team.yaml", `${AGENT}telemetry: 1\nui: {display_type: loud}\n`);
    const error = await refusal(path);
    expect(error.message).toBe(
      [
        `${path}:2:1: warning: Unknown key \`telemetry\`: it has no effect`,
        `${path}:3:20: \`display_type\` cannot be text "loud" (expected rich_terminal, terminal, simple or json)`,
      ].join("\n"),
    );
    expect(error.problems.map(({ severity }) => severity)).toEqual(["warning", "error"]);
  });

  test("has a code of its own where only keys are missing", async () => {
    expect((await refusal(await write("a.yaml", "agent: {backend: {type: openai}}"))).code).toBe("E_KEY_MISSING");
    expect((await refusal(await write("b.yaml", "agent: {backend: {type: nobody}}"))).code).toBe("E_BACKEND_UNKNOWN");
  });

  test("warnings come back with the configuration", async () => {
    const loaded = await load(await write("team.yaml", `${AGENT}telemetry: 1\n`));
    expect(loaded.warnings.map(({ code }) => code)).toEqual(["unknown-key"]);
  });
});

describe("checking files (REQ-CONFIG-25)", () => {
  test("tells the problems of all files at once, and needs neither keys nor variables", async () => {
    const good = await write("good.yaml", "agent: {backend: {type: openai, api_key: '${NOT_SET}'}}");
    const bad = await write("bad.json", '{"agent": {"backend": {"type": "openai", "modle": "x"}}}');
    expect(await checkFiles([good], { files, env: {}, examples })).toEqual({
      ok: true,
      problems: [expect.objectContaining({ file: good, code: "unset-variable", severity: "warning" })],
    });
    const { ok, problems } = await checkFiles([good, bad, "missing.yaml"], { files, env: {}, examples });
    expect(ok).toBe(false);
    expect(problems.map(({ file, line, code }) => [file, line, code])).toEqual([
      [good, 1, "unset-variable"],
      [bad, 1, "near-miss"],
      ["missing.yaml", null, "not-found"],
    ]);
  });

  test("is strict where asked", async () => {
    const path = await write("team.yaml", `${AGENT}telemetry: 1\n`);
    expect((await checkFiles([path], { files, env: {}, examples })).ok).toBe(true);
    expect((await checkFiles([path], { files, env: {}, examples, strict: true })).ok).toBe(false);
  });
});
