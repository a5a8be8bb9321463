import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { agentId, answerId, type RunEvent } from "../core/index.ts";
import { createProcesses } from "../io/index.ts";
import { entries, EVENTS, RESULT, world } from "./cli.test-support.ts";

const END: RunEvent = {
  type: "run-end",
  result: {
    outcome: "answered",
    answer: "7 + 5 = 12",
    source: "presentation",
    winner: RESULT.winner,
    cause: "votes",
    degraded: ["A & B <failed>"],
  },
};
const HOSTILE = `</pre><script>alert(1)</script><img src=x onerror="alert(2)">\u202e"'&amp;`;

let folder = "";
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "massgen-look-back-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function store(name: string, events: readonly RunEvent[], at = 0): string {
  const path = join(folder, "massgen_logs", name, "question_1");
  mkdirSync(path, { recursive: true });
  const lines = entries(events).map((entry) => `${JSON.stringify({ ...entry, at: entry.at + at })}\n`);
  writeFileSync(join(path, "events.jsonl"), lines.join(""));
  return join(folder, "massgen_logs", name);
}

async function run(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const w = world({ cwd: folder });
  const code = await w.run(...argv);
  return { code, stdout: w.stdout(), stderr: w.stderr() };
}

/** The same run, in which every text that a model or a server wrote is hostile. */
const hostile = EVENTS.map((event): RunEvent => {
  if (event.type === "run-start") return { ...event, question: HOSTILE };
  if (event.type === "answer-submitted") return { ...event, content: HOSTILE };
  if (event.type === "vote-submitted") return { ...event, reason: HOSTILE };
  if (event.type === "tool-call") return { ...event, tool: HOSTILE, input: { [HOSTILE]: HOSTILE } };
  return event.type === "tool-result" ? { ...event, content: [{ type: "text", text: HOSTILE }] } : event;
});

describe("export as HTML (REQ-RUN-6)", () => {
  test("is one file with answers, votes, tool calls, cost and a plot, that loads and runs nothing", async () => {
    store("log_20260102_030405_0123abcd", [...EVENTS, END]);
    expect((await run("export", "last", "-o", "run.html")).code).toBe(0);
    const page = readFileSync(join(folder, "run.html"), "utf8");
    for (const part of [
      "What is 7 + 5?",
      "7 + 5 = 12",
      "alice.1",
      "correct",
      "calc/add",
      "<svg",
      "Timeline",
      "A &amp; B &lt;failed&gt;",
      "most votes",
    ])
      expect(page).toContain(part);
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/<(script|link|img|iframe)|\bsrc=|https?:/);
  });

  test("what models and servers wrote stays text", async () => {
    store("log_20260102_030405_0123abcd", [...hostile, END]);
    const { stdout: page } = await run("export", "last", "--format", "html");
    const plain = store("log_20260103_030405_0123abcd", [...EVENTS, END]);
    const { stdout: harmless } = await run("export", join(plain, "question_1"), "--format", "html");
    const tags = (text: string): readonly string[] => [...text.matchAll(/<\/?[a-z]+/gi)].map(([tag]) => tag);
    // a long question is shown whole a second time, nothing else may differ
    expect(tags(page)).toEqual(tags(harmless));
    expect(page).toContain("&lt;script&gt;alert(1)");
    expect(page).not.toContain("\u202e");
  });
});

describe("--continue (REQ-RUN-5)", () => {
  test("names the flags of a team that the former conversation's own team makes useless", async () => {
    const path = store("log_20260102_030405_0123abcd", [...EVENTS, END]);
    const record = {
      v: 1,
      cwd: folder,
      origin: { file: null, backend: null, model: null, baseUrl: null, systemMessage: null, agents: 2, strictConfig: false },
    };
    writeFileSync(join(path, "question_1", "run.json"), JSON.stringify(record));
    const { code, stderr } = await run("--continue", "--system-message", "Be short.", "And then?");
    expect([code, stderr]).toEqual([0, expect.stringContaining("--system-message is not used together with --continue")]);
    expect((await run("--continue", "--agents", "1", "--system-message", "Be short.", "?")).stderr).not.toContain("not used");
  });
});

describe("show (REQ-RUN-6)", () => {
  test("tells every answer, who had seen what, tools, cost and who disagreed, harmlessly", async () => {
    store("log_20260102_030405_0123abcd", [...hostile, END]);
    const { stdout, stderr } = await run("show", "last");
    expect(stdout).toBe("7 + 5 = 12\n");
    for (const part of ["alice.1 (agent1)", "bob for alice.1, having seen alice.1", "Tool calls", "Nobody disagreed."])
      expect(stderr).toContain(part);
    expect(stderr).not.toContain("\u202e");
  });
});

describe("runs prune (REQ-RUN-7)", () => {
  test("deletes the oldest conversations and nothing that is in use, foreign or mixed", async () => {
    const names = [
      "log_20260101_000000_00000001",
      "log_20260102_000000_00000002",
      "log_20260103_000000_00000003",
      "log_20260104_000000_00000004",
    ];
    const [oldest = "", held = "", mixed = "", newest = ""] = names.map((name) => store(name, [...EVENTS, END]));
    const foreign = store("log_of_mine", [...EVENTS, END]);
    writeFileSync(join(mixed, "notes.txt"), "keep me");
    writeFileSync(join(held, "question_1", "run.lock"), JSON.stringify({ ...createProcesses().self(), nonce: "x" }));
    const outside = mkdtempSync(join(folder, "outside-"));
    writeFileSync(join(outside, "precious.txt"), "stays");
    symlinkSync(outside, join(oldest, "question_1", "link"));
    const dry = await run("runs", "prune", "--keep", "1", "--dry-run");
    expect([dry.code, dry.stdout, existsSync(oldest)]).toEqual([0, "log_20260101_000000_00000001\n", true]);
    const pruned = await run("runs", "prune", "--keep", "1");
    expect(pruned.stderr).toContain("log_20260102_000000_00000002 is in use and stays.");
    expect([oldest, held, mixed, newest, foreign, join(outside, "precious.txt")].map((path) => existsSync(path))).toEqual([
      false,
      true,
      true,
      true,
      true,
      true,
    ]);
  });

  test("takes along the files of the answers where they were kept outside, and nothing there that it did not make", async () => {
    const storage = join(folder, "snapshots");
    const [ours, forged] = [join(storage, "20260102030405-0123abcd"), join(folder, "precious")];
    for (const path of [join(ours, "alice", "1"), join(ours, "bob", "1"), join(forged, "alice", "1")]) mkdirSync(path, { recursive: true });
    writeFileSync(join(ours, ".massgen-folder.json"), JSON.stringify({ made_by: "massgen", holds: "snapshots of a run" }));
    writeFileSync(join(ours, "alice", "1", "plan.txt"), "12");
    const saved = (path: string): RunEvent => ({
      type: "snapshot-saved",
      agent: agentId("alice"),
      answer: answerId(agentId("alice"), 1),
      path,
    });
    const kept = [saved(join(ours, "alice", "1")), saved(join(forged, "alice", "1"))];
    store("log_20260101_000000_00000001", [...EVENTS, ...kept, END]);
    const dry = await run("runs", "prune", "--keep", "0", "--dry-run");
    expect([dry.stdout, existsSync(ours)]).toEqual([
      `log_20260101_000000_00000001\n${join("snapshots", "20260102030405-0123abcd")}\n`,
      true,
    ]);
    expect((await run("runs", "prune", "--keep", "0")).stdout).toBe(dry.stdout);
    expect([ours, storage, forged].map((path) => existsSync(path))).toEqual([false, true, true]);
  });

  test("goes by the last sign of life with --older-than, and says what is missing", async () => {
    const now = world().io.clock.now() - 1_700_000_000_000;
    const old = store("log_20260101_000000_00000001", [...EVENTS, END], now - 10 * 86_400_000);
    const young = store("log_20260102_000000_00000002", [...EVENTS, END], now - 1000);
    expect((await run("runs", "prune", "--older-than", "7")).code).toBe(0);
    expect([old, young].map((path) => existsSync(path))).toEqual([false, true]);
    expect((await run("runs", "prune")).code).toBe(2);
    expect((await run("runs", "--keep", "3")).code).toBe(2);
  });
});
