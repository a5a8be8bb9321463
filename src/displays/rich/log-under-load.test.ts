// What a screen cannot follow must still be in the log: four agents as fast as they can, a real file, a real renderer.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { runId, type Entry, type RunEvent } from "../../core/index.ts";
import { createIo } from "../../io/index.ts";
import { openFileLog, readLog, type RunLog } from "../../log/index.ts";
import { agentName, callsTool, runStart, toolAnswers, turn } from "../view/recorded.test-support.ts";
import { richDisplay } from "./rich-display.ts";
import { virtualTerminal } from "./virtual-terminal.test-support.ts";

const AGENTS = 4;
const UPDATES = 5000;
/** A tool call and its result after so many updates. */
const EVERY = 100;
const WORDS = ["cache ", "缓存 ", "👩‍👩‍👧 ", "line\n", "\u001B[31m "];

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

async function openLog(): Promise<{ readonly log: RunLog; entries(): Promise<readonly Entry[]> }> {
  const folder = mkdtempSync(join(tmpdir(), "massgen-load-"));
  folders.push(folder);
  const io = createIo();
  const log = await openFileLog({ run: runId("20260102030405-0123abcd"), folder, io, secrets: [] });
  return { log, entries: async () => (await readLog(folder, io)).entries };
}

/** Everything the agents say; what each of them said in all. */
async function flood(log: RunLog): Promise<readonly string[]> {
  const said = Array.from({ length: AGENTS }, () => "");
  await log.append(runStart(AGENTS));
  for (let n = 0; n < UPDATES; n++) {
    for (let index = 0; index < AGENTS; index++) {
      const agent = agentName(index);
      const delta = `${n} ${WORDS[n % WORDS.length] ?? ""}`;
      said[index] += delta;
      log.delta({ type: "text-delta", agent, turn: turn(agent), block: "b1", delta });
      if (n % EVERY === 0) log.put(callsTool(agent, n));
      if (n % EVERY === 50) log.put(toolAnswers(agent, n - 50));
    }
    // As a network would: other work gets its turn now and then.
    if (n % 25 === 0) await new Promise<void>((resolve) => setImmediate(resolve));
  }
  return said;
}

const textOf = (entries: readonly Entry[], index: number): string =>
  entries.map((entry) => (entry.type === "text-delta" && entry.agent === agentName(index) ? entry.delta : "")).join("");
const countOf = (entries: readonly Entry[], type: RunEvent["type"]): number => entries.filter((entry) => entry.type === type).length;

describe("a log that is watched (REQ-UI-12)", () => {
  test("20,000 updates with a full screen following: every character and every fact is stored, in order", async () => {
    const { log, entries } = await openLog();
    const screen = virtualTerminal(160, 40);
    const display = richDisplay({
      terminal: screen.terminal,
      clock: createIo().clock,
      env: { TERM: "xterm-256color" },
      steering: { answerNow() {}, cancel() {}, pause() {}, resume() {}, permission() {}, form() {} },
      interrupt: () => undefined,
      leave: new AbortController().signal,
    });
    log.follow((item) => display.show(item));
    const said = await flood(log);
    await screen.shows(`${UPDATES - 1} `);
    await log.close();
    display.dispose();
    const stored = await entries();
    expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, index) => index + 1));
    said.forEach((text, index) => expect(textOf(stored, index)).toBe(text));
    expect(countOf(stored, "tool-call")).toBe((AGENTS * UPDATES) / EVERY);
    expect(countOf(stored, "tool-result")).toBe((AGENTS * UPDATES) / EVERY);
  });

  test("a follower that fails in the middle costs its own view and nothing of the log", async () => {
    const { log, entries } = await openLog();
    let seen = 0;
    log.follow(() => {
      if (++seen === 1000) throw new Error("a bug of a display");
    });
    const said = await flood(log);
    await log.close();
    const stored = await entries();
    said.forEach((text, index) => expect(textOf(stored, index)).toBe(text));
    expect(stored.filter((entry) => entry.type === "warning").map((entry) => entry.message)).toEqual([
      "Something that was following the run failed and was dropped: a bug of a display",
    ]);
  });
});
