// A Gemini agent over replayed replies and a real MCP server: two parallel calls, both results, thought signatures at the right part.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { geminiCall, geminiCheck, geminiReply, replayServer, type ReplayRequest } from "../src/testing/index.ts";
import { runCli, temporaryFolder, writeConfig } from "./support/run-cli.ts";
import { scriptedProviders } from "./support/scripted-providers.ts";

const SIGNATURE = "c2lnbmVkLXRob3VnaHQ=";
type Part = {
  readonly functionCall?: { readonly name: string };
  readonly functionResponse?: { readonly name: string; readonly response: unknown };
  readonly thoughtSignature?: string;
};

const twoCalls = geminiReply({
  parts: [
    { functionCall: { name: "mcp__counter__read", args: { n: 41 } }, thoughtSignature: SIGNATURE },
    { functionCall: { name: "mcp__counter__read", args: { n: 42 } } },
  ],
  finish: "STOP",
});
const answer = geminiCall("new_answer", { content: "Read 41 and 42." }, SIGNATURE);

const partsOf = (request: ReplayRequest): readonly Part[] =>
  ((request.body?.["contents"] ?? []) as { parts: readonly Part[] }[]).flatMap(({ parts }) => parts);
const declared = (request: ReplayRequest): readonly string[] =>
  ((request.body?.["tools"] ?? []) as { functionDeclarations?: readonly { name: string }[] }[]).flatMap(({ functionDeclarations = [] }) =>
    functionDeclarations.map(({ name }) => name),
  );

describe("a Gemini agent with a real MCP server", () => {
  test("calls it twice in parallel, is told both results and answers (REQ-WHOLE-6)", async () => {
    const folder = temporaryFolder();
    const log = join(folder, "server.jsonl");
    const seen: ReplayRequest[] = [];
    const server = await replayServer(
      [
        { ...twoCalls, assert: (request) => void seen.push(request) },
        { ...answer, assert: (request) => void seen.push(request) },
      ],
      { check: geminiCheck() },
    );
    const config = writeConfig(folder, {
      agents: [
        {
          id: "gem",
          backend: {
            type: "gemini",
            model: "gemini-2.5-flash",
            base_url: `${server.url}/v1beta`,
            api_key: "test-key-000",
            mcp_servers: { counter: { command: process.execPath, args: [join(import.meta.dirname, "servers/counting-server.mjs"), log] } },
          },
        },
      ],
    });
    const run = await runCli(["--config", config, "Read 41 and 42."], { cwd: folder });
    server.verify();
    await server.close();
    expect(run.stderr).not.toContain("Error");
    expect({ code: run.code, stdout: run.stdout }).toEqual({ code: 0, stdout: "Read 41 and 42.\n" });
    expect(declared(seen[0]!)).toEqual(expect.arrayContaining(["new_answer", "mcp__counter__read"]));
    expect(declared(seen[0]!)).not.toContain("vote");
    const parts = partsOf(seen[1]!);
    expect(parts.filter(({ functionCall }) => functionCall !== undefined).map(({ thoughtSignature }) => thoughtSignature)).toEqual([
      SIGNATURE,
      undefined,
    ]);
    expect(
      parts
        .filter(({ functionResponse }) => functionResponse !== undefined)
        .map(({ functionResponse }) => JSON.stringify(functionResponse?.response)),
    ).toEqual([expect.stringContaining("41"), expect.stringContaining("42")]);
    expect(existsSync(log)).toBe(true);
    const calls = readFileSync(log, "utf8")
      .split("\n")
      .filter((line) => line.includes('"read"'));
    expect(calls.length).toBeGreaterThanOrEqual(2);
  });
});

describe("three Gemini agents on one pool", () => {
  test("their read-only calls run at the same time on one server, as the server itself saw it (REQ-WHOLE-10)", async () => {
    const folder = temporaryFolder();
    const log = join(folder, "server.jsonl");
    // Equal calls would be answered once for all; each agent asks for itself.
    const providers = await scriptedProviders(({ model }, called) => (called("meet") ? null : { name: "meet", input: { as: model } }));
    const backend = (model: string): object => ({
      type: "gemini",
      model,
      mcp_servers: { room: { command: process.execPath, args: [join(import.meta.dirname, "servers/meeting-server.mjs"), log, "3"] } },
    });
    const models = ["gemini-2.5-flash", "gemini-2.5-pro", "gemini-2.5-flash-lite"];
    const config = writeConfig(folder, { agents: models.map((model, index) => ({ id: `agent-${index}`, backend: backend(model) })) });
    const run = await runCli(["--config", config, "Meet."], { cwd: folder, env: providers.env });
    await providers.close();
    expect({ code: run.code, stdout: run.stdout }).toEqual({ code: 0, stdout: "Presented.\n" });
    const seen = readFileSync(log, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { pid: number; begins?: number; here?: number });
    expect(new Set(seen.map(({ pid }) => pid)).size).toBe(1);
    expect(seen.map(({ begins, here }) => (begins === undefined ? "end" : here))).toEqual([1, 2, 3, "end", "end", "end"]);
  });
});
