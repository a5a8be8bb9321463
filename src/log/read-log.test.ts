import { describe, expect, test } from "vitest";
import type { Entry, RunEvent } from "../core/index.ts";
import { fakeIo, memoryFiles } from "../testing/index.ts";
import { openFileLog, parseLog, readLog, reopenFileLog } from "./index.ts";
import { everyEvent, RUN } from "./log.test-support.ts";

const PATH = "/run/events.jsonl";

async function sample(count = 12): Promise<{ readonly bytes: Buffer; readonly entries: readonly Entry[] }> {
  const io = fakeIo();
  const log = await openFileLog({ run: RUN, folder: "/run", io, secrets: [] });
  const events = (Object.values(everyEvent("Grüße ✓", "o")) as RunEvent[]).slice(0, count);
  for (const event of events) await log.append(event);
  await log.close();
  const bytes = Buffer.from(await io.files.read(PATH));
  return { bytes, entries: parseLog(bytes).entries };
}

const lines = (bytes: Buffer): string[] => bytes.toString("utf8").trimEnd().split("\n");
const withLines = (all: readonly string[]): Buffer => Buffer.from(all.map((line) => `${line}\n`).join(""));

describe("reading a log", () => {
  test("cut at every byte it gives the longest valid prefix, and goes on from there", async () => {
    const { bytes, entries } = await sample(6);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const found = parseLog(bytes.subarray(0, cut));
      const whole = lines(bytes.subarray(0, cut)).filter((line, index) => line === lines(bytes)[index]).length;
      expect(found.entries, `cut at ${cut}`).toEqual(entries.slice(0, whole));
      const rest = cut - found.validBytes;
      expect(found.problem?.kind ?? null, `cut at ${cut}`).toBe(rest > 0 ? "torn" : null);
    }
  });

  test("after a torn end the next process cuts it off and appends readable lines", async () => {
    const { bytes, entries } = await sample(6);
    const lastFeed = bytes.lastIndexOf(10, bytes.length - 2);
    for (const cut of [lastFeed + 1, lastFeed + 2, bytes.length - 10, bytes.length - 1, bytes.length]) {
      const files = memoryFiles(new Map([[PATH, bytes.subarray(0, cut)]]));
      const io = fakeIo({ files });
      const { log, problem, entries: before } = await reopenFileLog({ folder: "/run", io, secrets: [] });
      expect(problem?.kind ?? null).toBe(cut > lastFeed + 1 && cut < bytes.length - 1 ? "torn" : null);
      await log.append({ type: "run-resumed", program: "again" });
      await log.close();
      const after = await readLog("/run", io);
      expect(after.problem).toBeNull();
      expect(after.entries.slice(0, -1)).toEqual(entries.slice(0, before.length));
      expect(after.entries.at(-1)?.type).toBe("run-resumed");
    }
  });

  test("any flipped byte is found: a prefix and a named problem, never a silent error", async () => {
    const { bytes, entries } = await sample(5);
    for (let at = 0; at < bytes.length; at++) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 7));
      const outcome = readable(flipped);
      if (outcome === null) continue;
      expect(outcome.problem, `byte ${at}: ${flipped.toString("utf8", at - 20, at + 20)}`).not.toBeNull();
      expect(entries.slice(0, outcome.entries.length)).toEqual(outcome.entries);
    }
  });

  test.each([
    ["a doubled tail", (all: string[]) => [...all, ...all.slice(-3)], "doubled", 8],
    ["a whole file doubled", (all: string[]) => [...all, ...all], "doubled", 8],
    ["a damaged line in the middle", (all: string[]) => all.with(3, "{broken"), "corrupt", 3],
    ["a changed word in the middle", (all: string[]) => all.with(3, (all[3] ?? "").replace("Grüße", "Grube")), "corrupt", 3],
    ["a missing line", (all: string[]) => all.toSpliced(3, 1), "gap", 3],
    ["garbage at the end", (all: string[]) => [...all, "\u0000\u0000\u0000", "garbage"], "torn", 8],
    ["a line of another run", (all: string[]) => all.with(7, (all[7] ?? "").replace(RUN, "20260102030405-99999999")), "torn", 7],
  ] as const)("%s is named", async (...[, change, kind, length]) => {
    const { bytes } = await sample(8);
    const found = parseLog(withLines(change(lines(bytes))));
    expect(found.problem).toMatchObject({ kind, line: length + 1 });
    expect(found.entries.length).toBe(length);
  });

  test("a damaged middle is not resumed; a doubled end is cut off", async () => {
    const { bytes } = await sample(8);
    const all = lines(bytes);
    const reopen = (content: Buffer): Promise<unknown> =>
      reopenFileLog({ folder: "/run", io: fakeIo({ files: memoryFiles(new Map([[PATH, content]])) }), secrets: [] });
    await expect(reopen(withLines(all.with(3, "{broken")))).rejects.toMatchObject({
      code: "E_LOG_CORRUPT",
      message: expect.stringContaining("line 4"),
    });
    await expect(reopen(withLines([...all, ...all.slice(-2)]))).resolves.toMatchObject({ problem: { kind: "doubled" } });
  });

  test("a log of a later release is refused by name, whatever its lines hold", () => {
    const later = JSON.stringify({ v: 2, seq: 1, at: 1, activeMs: 1, run: RUN, type: "run-start", what: "ever" });
    expect(() => parseLog(withLines([later]))).toThrow(expect.objectContaining({ code: "E_LOG_VERSION" }));
  });

  test("unknown event types are kept, known ones without their fields are not taken", () => {
    const header = { v: 1, at: 1, activeMs: 1, run: RUN };
    const odd = JSON.stringify({ ...header, seq: 1, type: "moon-phase", phase: 3 });
    const bad = JSON.stringify({ ...header, seq: 2, type: "turn-end", agent: "a" });
    const found = parseLog(withLines([odd, bad]));
    expect(found.entries).toMatchObject([{ type: "moon-phase", phase: 3 }]);
    expect(found.problem?.message).toContain("turn of turn-end");
  });

  test("a missing log has a code", async () => {
    await expect(readLog("/nowhere", fakeIo())).rejects.toMatchObject({ code: "E_RUN_NOT_FOUND" });
  });
});

function readable(bytes: Buffer): ReturnType<typeof parseLog> | null {
  try {
    return parseLog(bytes);
  } catch (error) {
    expect(error).toMatchObject({ code: "E_LOG_VERSION" });
    return null;
  }
}
