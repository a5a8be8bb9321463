// `massgen mcp init`: what it writes works, by its own tests and by ours.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pythonCommand } from "./support/real-servers.ts";
import { temporaryFolder } from "./support/run-cli.ts";
import { massgen } from "./support/run-in-process.ts";

async function generated(template: string): Promise<string> {
  const folder = temporaryFolder();
  const { code, stdout } = await massgen(["mcp", "init", template, "my server"], { cwd: folder });
  expect(code).toBe(0);
  expect(stdout).toContain('cd "my server"');
  return join(folder, "my server");
}

function ownTests(folder: string, command: string, args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(command, [...args], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: process.env["PATH"], HOME: folder },
  });
  expect(status, stdout + stderr).toBe(0);
}

/** The generated configuration says `node`; the one that runs these tests is used. */
const useThisNode = (folder: string): void => {
  const path = join(folder, "massgen.yaml");
  writeFileSync(path, readFileSync(path, "utf8").replace("command: node", `command: ${JSON.stringify(process.execPath)}`));
};

/** What a person is told to do in the new folder, in the order told. */
async function stepsFor(template: string): Promise<readonly string[]> {
  const { stdout } = await massgen(["mcp", "init", template, "w"], { cwd: temporaryFolder() });
  return stdout.split("\n").filter((line) => line.startsWith("  "));
}

const july = '{"city": "Oslo", "month": 7}';
const answer = "Oslo: 17 °C on average in month 7.\n";

describe("massgen mcp init", () => {
  test("python: the environment is made before its program is used", async () => {
    expect((await stepsFor("python")).map((line) => line.trim())).toEqual([
      "cd w",
      "python3 -m venv .venv",
      ".venv/bin/pip install -r requirements.txt",
      ".venv/bin/python -m unittest",
      "massgen mcp test --config massgen.yaml",
    ]);
  });

  test("typescript-stdio: its tests pass, and the tools of its configuration can be called (REQ-MCPCMD-7)", async () => {
    const folder = await generated("typescript-stdio");
    ownTests(folder, process.execPath, ["--test"]);
    useThisNode(folder);
    expect(await massgen(["mcp", "call", "weather", "forecast", july, "-c", join(folder, "massgen.yaml")], { cwd: folder })).toEqual({
      code: 0,
      stdout: answer,
      stderr: "",
    });
    expect(
      (await massgen(["mcp", "call", "weather", "forecast", '{"city": "Atlantis"}', "-c", join(folder, "massgen.yaml")], { cwd: folder }))
        .stderr,
    ).toMatch(/Known cities/);
    expect((await massgen(["mcp", "doctor", "-c", join(folder, "massgen.yaml")], { cwd: folder })).code).toBe(0);
  });

  test("typescript-http: its tests pass, and the running server can be called with its token (REQ-MCPCMD-7)", async () => {
    const folder = await generated("typescript-http");
    ownTests(folder, process.execPath, ["--test"]);
    const child = spawn(process.execPath, ["server.ts"], {
      cwd: folder,
      env: { PORT: "0", WEATHER_TOKEN: "weather-token-1" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      const url = await new Promise<string>((resolve) =>
        child.stdout.on("data", (chunk: Buffer) => resolve(/http:\S+/.exec(chunk.toString())?.[0] ?? "")),
      );
      const path = join(folder, "massgen.yaml");
      const text = readFileSync(path, "utf8")
        .replace("http://127.0.0.1:8931/mcp", url)
        .replace("# headers:", "headers:")
        .replace("#   Authorization", "  Authorization");
      writeFileSync(path, text);
      const call = (token: string) =>
        massgen(["mcp", "call", "weather", "forecast", july, "-c", join(folder, "massgen.yaml")], {
          cwd: folder,
          env: { WEATHER_TOKEN: token },
        });
      expect(await call("weather-token-1")).toEqual({ code: 0, stdout: answer, stderr: "" });
      expect(await call("another-token")).toMatchObject({
        code: 4,
        stderr: expect.stringMatching(/refused the credentials \(HTTP 401\)/) as unknown,
      });
    } finally {
      child.kill("SIGKILL");
    }
  });

  test("python: its tests pass, and its tools can be called (REQ-MCPCMD-7)", async (context) => {
    const python = pythonCommand("python");
    if (!existsSync(python)) return context.skip("The Python environment is not there (npm run setup:python-servers).");
    const folder = await generated("python");
    ownTests(folder, python, ["-m", "unittest"]);
    const path = join(folder, "massgen.yaml");
    writeFileSync(path, readFileSync(path, "utf8").replace("command: .venv/bin/python", `command: ${JSON.stringify(python)}`));
    expect(await massgen(["mcp", "call", "weather", "forecast", july, "-c", join(folder, "massgen.yaml")], { cwd: folder })).toEqual({
      code: 0,
      stdout: answer,
      stderr: "",
    });
  });

  test("lists the templates, refuses unknown ones and folders with something in them", async () => {
    const folder = temporaryFolder();
    expect((await massgen(["mcp", "init"], { cwd: folder })).stdout).toMatch(/typescript-stdio.*\n.*typescript-http.*\n.*python/);
    expect((await massgen(["mcp", "init", "typescript-studio"], { cwd: folder })).stderr).toContain("did you mean typescript-stdio?");
    writeFileSync(join(folder, "mine.txt"), "mine");
    expect(await massgen(["mcp", "init", "python", "."], { cwd: folder })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("is not empty; nothing was written") as unknown,
    });
  });
});
