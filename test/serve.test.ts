// The council as an MCP server: asked by the official client and by our own, told while it works, cancelled, cut short, and ended with its client.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isRunning } from "../src/mcp/broker.test-support.ts";
import { councilScript, type ChatScript } from "../src/testing/index.ts";
import { connect, gone, heldVotes, lastEntry, place, stdio } from "./support/council-client.ts";
import { cliPath, runCli, temporaryFolder, writeConfig } from "./support/run-cli.ts";

describe("massgen serve --mcp on standard input and output", () => {
  test("the official client asks: progress names who answered and voted, the answer comes as text and as data (REQ-SERVE-1, REQ-SERVE-2)", async () => {
    const { folder } = await place(councilScript());
    const { client, told, ask } = await connect(stdio(folder));
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(["ask_council"]);
    const answer = await ask({
      question: "Which one?",
      history: [
        { role: "user", text: "Before." },
        { role: "assistant", text: "Yes." },
      ],
    });
    expect(answer.isError).toBe(false);
    expect(answer.content[0]?.text).toBe("This is the presented answer.");
    expect(answer.content[1]?.text).toMatch(/^Answer of a\d, with \d of \d votes\.\nCost: price unknown\. Run: \//);
    const { run_folder: runFolder, winner, votes, ...facts } = answer.structuredContent ?? {};
    expect(facts).toMatchObject({ answer: "This is the presented answer.", partial: false, cost_usd: null, degraded: [] });
    expect(winner).toMatchObject({ agent: expect.stringMatching(/^a\d$/), answer: expect.stringMatching(/^a\d\.1$/) });
    expect((votes as unknown[]).length).toBeGreaterThan(0);
    expect(lastEntry(String(runFolder)).type).toBe("run-end");
    expect(told.progress[0]).toBe("2 agents: a1 (scripted), a2 (scripted)");
    expect(told.progress).toEqual(
      expect.arrayContaining([
        "a1 answered (a1.1)",
        "a2 answered (a2.1)",
        expect.stringMatching(/^a\d voted for a\d\.1: It answers the question\.$/),
        expect.stringMatching(/^a\d was chosen and presents the answer$/),
      ]),
    );
  });

  test("mistakes in the arguments are told all at once to the model, an unknown tool is a protocol error (REQ-SERVE-1)", async () => {
    const { folder, served } = await place(councilScript());
    const { client, ask } = await connect(stdio(folder));
    const answer = await ask({ question: " ", config: "other", max_tokens: 0.5 });
    expect(answer.isError).toBe(true);
    expect(answer.content[0]?.text.split("\n")).toEqual([
      expect.stringContaining('There is no argument "config"'),
      expect.stringContaining("`question` must be a text"),
      "`max_tokens` must be a whole number of at least 1.",
    ]);
    await expect(client.callTool({ name: "other", arguments: {} })).rejects.toThrow("Unknown tool: other");
    expect(served.requests).toHaveLength(0);
  });

  test("cancelling ends the run at once and leaves the server at work; the best answer so far is logged (REQ-SERVE-3)", async () => {
    const votes = heldVotes();
    const { folder } = await place(votes.script);
    const { client, told, ask } = await connect(stdio(folder));
    await client.setLoggingLevel("notice");
    const stop = new AbortController();
    const asked = ask({ question: "Which one?" }, stop.signal);
    const request = await votes.held;
    stop.abort("enough");
    await expect(asked).rejects.toThrow();
    await gone(request);
    await expect.poll(() => told.logs.length).toBe(1);
    expect(told.logs[0]?.data).toMatchObject({ answer: expect.stringMatching(/^This is answer number/), partial: true });
    expect(lastEntry(String(told.logs[0]?.data["run_folder"])).result.outcome).toBe("interrupted");
    votes.release();
    expect((await ask({ question: "And now?" })).content[0]?.text).toBe("This is the presented answer.");
  });

  test("a limit gives the best answer so far, marked as such; a client's limit cannot exceed the server's (REQ-SERVE-2, REQ-SERVE-6)", async () => {
    const { folder, served } = await place(councilScript(), { agents: 3 });
    const { ask } = await connect(stdio(folder, ["--config", "config.json", "--max-model-calls", "3"]));
    const answer = await ask({ question: "Which one?", max_model_calls: 100 });
    expect(answer.structuredContent).toMatchObject({ partial: true, reason: "budget" });
    expect(answer.content[0]?.text).toMatch(/^This is answer number/);
    expect(served.requests).toHaveLength(3);
  });

  test("a question of permission is asked at the client, and its answer holds (REQ-SERVE-4)", async () => {
    const wipes: ChatScript = ({ messages, tools }) => {
      const wiped = messages.some(({ role }) => role === "tool");
      return {
        toolCalls: [
          wiped || !tools.includes("mcp__c__wipe")
            ? { name: "new_answer", arguments: { content: "Done." } }
            : { name: "mcp__c__wipe", arguments: {} },
        ],
      };
    };
    const log = join(temporaryFolder(), "log");
    const mcp = { c: { command: process.execPath, args: [join(import.meta.dirname, "servers/counting-server.mjs"), log] } };
    const { folder } = await place(wipes, { agents: 1, mcp });
    const questions: string[] = [];
    const answers = ["no", "once"];
    const { ask } = await connect(stdio(folder), (message) => {
      questions.push(message);
      return { action: "accept", content: { decision: answers.shift() ?? "no" } };
    });
    const wiped = (): number =>
      readFileSync(log, "utf8")
        .split("\n")
        .filter((line) => line.includes('"name":"wipe"')).length;
    await ask({ question: "Wipe." });
    expect([questions, wiped()]).toEqual([["a1 of the council asks to call c/wipe with {}"], 0]);
    await ask({ question: "Wipe." });
    expect([questions.length, wiped()]).toEqual([2, 1]);
  });

  test("a form of a server is handed on to the client, and what its person fills in reaches the server (REQ-SERVE-4, REQ-MCP-53)", async () => {
    const told: string[] = [];
    const calls: ChatScript = ({ messages, tools }) => {
      const result = messages.find(({ role }) => role === "tool");
      if (result !== undefined) told.push(JSON.stringify(result));
      const call = result === undefined && tools.includes("mcp__bad__echo");
      return { toolCalls: [call ? { name: "mcp__bad__echo", arguments: {} } : { name: "new_answer", arguments: { content: "Done." } }] };
    };
    const mcp = { bad: { command: process.execPath, args: [join(import.meta.dirname, "servers/misbehaving-server.mjs"), "--ask=form"] } };
    const { folder } = await place(calls, { agents: 1, mcp });
    const asked: { message: string; schema: unknown }[] = [];
    const answers = [{ town: "B" }, { town: "Bonn", nights: 3 }];
    const { ask } = await connect(stdio(folder), (message, schema) => {
      asked.push({ message, schema });
      return { action: "accept", content: answers.shift() ?? {} };
    });
    await ask({ question: "Where to?" });
    expect(asked.map(({ message }) => message)).toEqual([
      "The MCP server bad, called by a1 of the council, asks: Where to?",
      "The MCP server bad, called by a1 of the council, asks: Where to?\ntown: At least 2 characters.",
    ]);
    expect(asked[0]?.schema).toMatchObject({ properties: { town: { type: "string", minLength: 2 } }, required: ["town"] });
    expect(told[0]).toContain("Bonn");
  });

  test("when the client closes its end, and on SIGTERM, runs end and no process is left; SIGTERM still brings the best answer (REQ-SERVE-3, REQ-SERVE-5)", async () => {
    const log = join(temporaryFolder(), "log");
    const mcp = { c: { command: process.execPath, args: [join(import.meta.dirname, "servers/counting-server.mjs"), log] } };
    const pids = (): number[] => Array.from(readFileSync(log, "utf8").matchAll(/"pid":(\d+)/g), ([, pid]) => Number(pid));
    for (const end of ["close", "SIGTERM"] as const) {
      const votes = heldVotes();
      const { folder } = await place(votes.script, { mcp });
      const transport = stdio(folder);
      const { ask, client } = await connect(transport);
      const asked = ask({ question: "Which one?" }).catch((error: unknown) => error);
      const request = await votes.held;
      const pid = transport.pid ?? 0;
      expect(isRunning(pid)).toBe(true);
      if (end === "close") await client.close();
      else process.kill(pid, end);
      await gone(request);
      const answer = await asked;
      if (end === "SIGTERM") expect(answer).toMatchObject({ isError: false, structuredContent: { partial: true, reason: null } });
      await expect.poll(() => [pid, ...pids()].filter(isRunning), { timeout: 10_000 }).toEqual([]);
    }
  });

  test("`massgen mcp call` asks it like any other server, and standard output is the protocol's alone (REQ-SERVE-1, REQ-SERVE-5)", async () => {
    const { folder } = await place(councilScript());
    const council = { command: process.execPath, args: [cliPath, "serve", "--mcp", "--config", join(folder, "config.json")] };
    const caller = temporaryFolder();
    const config = writeConfig(caller, { agents: [{ id: "a", backend: { type: "local", mcp_servers: { council } } }] });
    const called = await runCli(["mcp", "call", "council", "ask_council", '{"question":"Which one?"}', "--config", config], {
      cwd: caller,
    });
    expect([called.code, called.stderr]).toEqual([0, expect.any(String)]);
    expect(called.stdout).toMatch(/^This is the presented answer\.\n/);
    const raw = await runCli(["serve", "--mcp", "--config", "config.json"], {
      cwd: folder,
      stdin: `${JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" })}\nnot json\n[]\n`,
    });
    expect(raw.code).toBe(0);
    expect(
      raw.stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { jsonrpc: "2.0", id: 1, result: {} },
      { jsonrpc: "2.0", error: { code: -32_700, message: "The line is not JSON." } },
      { jsonrpc: "2.0", error: { code: -32_600, message: "Not a JSON-RPC 2.0 message." } },
    ]);
  });
});
