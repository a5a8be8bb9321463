import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { agentId, type DeltaEvent, type Entry, type RunEvent } from "../core/index.ts";
import { createIo, type Io } from "../io/index.ts";
import { fakeIo, memoryFiles, type FakeIo } from "../testing/index.ts";
import { createMemoryLog, openFileLog, readLog, reopenFileLog, type LiveItem, type RunLog } from "./index.ts";
import { A, everyEvent, RUN, T } from "./log.test-support.ts";

const note = (n: number): RunEvent => ({ type: "warning", code: "E_X", message: `note ${n}` });
const delta = (text: string, block = "b"): DeltaEvent => ({ type: "text-delta", agent: A, turn: T, block, delta: text });
const open = (io: Pick<Io, "clock" | "files" | "processes" | "randomHex">, folder = "/run"): Promise<RunLog> =>
  openFileLog({ run: RUN, folder, io, secrets: [] });

async function all(log: RunLog): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of log.entries()) entries.push(entry);
  return entries;
}

const short = (item: LiveItem): string =>
  item.kind === "delta" ? `~${item.delta.delta}` : item.entry.type === "text-delta" ? `=${item.entry.delta}` : item.entry.type;

describe.each(["memory", "file"] as const)("a %s log", (kind) => {
  const make = (io: FakeIo): Promise<RunLog> =>
    kind === "file" ? open(io) : Promise.resolve(createMemoryLog({ run: RUN, io, secrets: [] }));

  test("entries are numbered densely, carry active time, and come back as they were appended, every type of them", async () => {
    const io = fakeIo();
    const log = await make(io);
    const events = Object.values(everyEvent("text", "opaque")) as RunEvent[];
    const appended: Entry[] = [];
    for (const event of events) {
      await io.clock.advance(7);
      appended.push(await log.append(event));
    }
    expect(await all(log)).toEqual(appended);
    expect(appended.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(appended[2]).toMatchObject({ v: 1, run: RUN, activeMs: 21, at: io.clock.now() - 7 * (events.length - 3) });
    await log.close();
  });

  test("facts put without waiting keep their order", async () => {
    const log = await make(fakeIo());
    const puts = [1, 2, 3, 4, 5].map((n) => log.put(note(n)));
    expect(puts.map(({ entry }) => entry.seq)).toEqual([1, 2, 3, 4, 5]);
    await Promise.all(puts.map(({ stored }) => stored));
    expect((await all(log)).map((entry) => entry.type === "warning" && entry.message)).toEqual([1, 2, 3, 4, 5].map((n) => `note ${n}`));
  });

  test("deltas are shown at once, stored merged after 100 ms, and always before the next fact of their turn", async () => {
    const io = fakeIo();
    const log = await make(io);
    const seen: string[] = [];
    log.follow((item) => void seen.push(short(item)));
    log.delta(delta("a"));
    log.delta(delta("b"));
    expect(seen).toEqual(["~a", "~b"]);
    await io.clock.advance(100);
    log.delta(delta("c"));
    await log.append({ type: "text-end", agent: A, turn: T, block: "b" });
    log.delta(delta("d", "b2"));
    log.delta({ ...delta("e", "b3"), agent: agentId("bob") });
    await log.close();
    expect(seen).toEqual(["~a", "~b", "=ab", "~c", "=c", "text-end", "~d", "~e", "=d", "=e"]);
    expect((await all(log)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
  });

  test("facts of other turns do not cut the deltas of a turn", async () => {
    const log = await make(fakeIo());
    log.delta(delta("a"));
    await log.append(note(1));
    log.delta(delta("b"));
    await log.close();
    expect((await all(log)).map((entry) => (entry.type === "text-delta" ? entry.delta : entry.type))).toEqual(["warning", "ab"]);
  });

  test("a follower that throws is dropped with a warning; the others and the log go on", async () => {
    const io = fakeIo();
    const log = await make(io);
    const seen: string[] = [];
    log.follow(() => {
      throw new Error("no terminal");
    });
    const good = log.follow((item) => void seen.push(short(item)));
    await log.append({ type: "run-resumed", program: "x" });
    await io.clock.settle();
    good.stop();
    await log.append(note(3));
    expect(seen).toEqual(["run-resumed", "warning"]);
    expect((await all(log)).map((entry) => (entry.type === "warning" ? entry.message : entry.type))).toEqual([
      "run-resumed",
      expect.stringContaining("no terminal"),
      "note 3",
    ]);
  });

  test("active time goes on where it stopped when the log is taken up again", async () => {
    const io = fakeIo();
    const log = await make(io);
    await io.clock.advance(500);
    await log.append(note(1));
    const before = await all(log);
    await log.close();
    await io.clock.advance(8 * 3_600_000);
    const again =
      kind === "file"
        ? (await reopenFileLog({ folder: "/run", io, secrets: [] })).log
        : createMemoryLog({ run: RUN, io, secrets: [], resumeFrom: before });
    await io.clock.advance(20);
    expect(again.activeMs()).toBe(520);
    expect(await again.append(note(2))).toMatchObject({ seq: 2, activeMs: 520 });
    expect((await all(again)).length).toBe(2);
  });
});

describe("a file log", () => {
  test("many facts share few writes, and deltas never sync", async () => {
    const io = fakeIo();
    const log = await open(io);
    const before = io.files.operations;
    await Promise.all(Array.from({ length: 100 }, (_, n) => log.append(note(n))));
    log.delta(delta("x"));
    await io.clock.advance(100);
    expect(io.files.operations - before).toBe(2);
  });

  test("what was paid for or decided survives a power cut, as does everything before it", async () => {
    const samples = everyEvent("t", "o");
    for (const event of [
      samples["model-step"],
      samples["answer-submitted"],
      samples["vote-submitted"],
      samples["run-start"],
      samples["run-end"],
      samples["tool-call"],
    ]) {
      const io = fakeIo();
      const log = await open(io);
      await log.append(note(1));
      await log.append(event);
      log.put(note(2));
      const { entries } = await readLog("/run", { files: io.files.afterPowerCut() });
      expect(entries.map(({ type }) => type)).toEqual(["warning", event.type]);
    }
  });

  test.each(["ENOSPC", "EIO"] as const)(
    "when the store fails (%s) every append from then on is refused with E_RUN_LOG, once and for all",
    async (code) => {
      const io = fakeIo();
      const log = await open(io);
      await log.append(note(1));
      io.files.failFrom(1, code, 0.5);
      const first = log.append(note(2));
      const second = log.append(note(3));
      await expect(first).rejects.toMatchObject({ code: "E_RUN_LOG", message: expect.stringContaining(code) });
      await expect(second).rejects.toMatchObject({ code: "E_RUN_LOG" });
      io.files.heal();
      await expect(log.append(note(4))).rejects.toMatchObject({ code: "E_RUN_LOG" });
      const found = await readLog("/run", io);
      expect(found.entries.length).toBeGreaterThanOrEqual(1);
      expect(found.entries.every((entry, index) => entry.seq === index + 1)).toBe(true);
    },
  );

  test("whatever file operation fails while a log is opened, the error has a code", async () => {
    for (let n = 1; n <= 5; n++) {
      const io = fakeIo();
      io.files.failFrom(n, "EACCES");
      await expect(open(io).then((log) => log.append({ type: "run-resumed", program: "x" }))).rejects.toMatchObject({ code: "E_RUN_LOG" });
      io.files.heal();
    }
  });

  test("a second process cannot hold the run; a dead holder's lock is taken over", async () => {
    const files = memoryFiles();
    const first = await open(fakeIo({ files, pid: 1 }));
    await first.append(note(1));
    const second = fakeIo({ files, pid: 2, alive: [1] });
    await expect(reopenFileLog({ folder: "/run", io: second, secrets: [] })).rejects.toMatchObject({
      code: "E_RUN_LOCKED",
      message: expect.stringContaining("process 1"),
    });
    const third = fakeIo({ files, pid: 3 });
    const { log } = await reopenFileLog({ folder: "/run", io: third, secrets: [] });
    await log.close();
    expect(files.paths()).toEqual(["/run/events.jsonl"]);
  });

  test("of several processes that find the same dead holder, one gets the run", async () => {
    const files = memoryFiles();
    await (await open(fakeIo({ files, pid: 1 }))).append(note(1));
    const pids = [11, 12, 13, 14];
    const tries = await Promise.allSettled(
      pids.map((pid) => {
        const io = fakeIo({ files, pid, alive: pids });
        return reopenFileLog({ folder: "/run", io: { ...io, randomHex: () => `${pid}${Math.random()}` }, secrets: [] });
      }),
    );
    expect(tries.filter(({ status }) => status === "fulfilled").length).toBe(1);
  });

  test("who took a lock over between two steps of another keeps it", async () => {
    const files = memoryFiles();
    await (await open(fakeIo({ files, pid: 1 }))).append(note(1));
    const io = fakeIo({ files, pid: 2, alive: [3] });
    const theirs = JSON.stringify({ pid: 3, started: "boot/3", host: "testhost" });
    let swapped = false;
    const rename: typeof files.rename = (from, to) => {
      if (!swapped) files.set("/run/run.lock", theirs);
      swapped = true;
      return files.rename(from, to);
    };
    await expect(reopenFileLog({ folder: "/run", io: { ...io, files: { ...files, rename } }, secrets: [] })).rejects.toMatchObject({
      code: "E_RUN_LOCKED",
      message: expect.stringContaining("process 3"),
    });
    expect(files.text("/run/run.lock")).toBe(theirs);
    expect(files.paths()).toEqual(["/run/events.jsonl", "/run/run.lock"]);
  });

  test("live deltas keep their place among entries that are still being written", async () => {
    const log = await open(fakeIo());
    const seen: string[] = [];
    log.follow((item) => void seen.push(short(item)));
    log.put({ type: "text-start", agent: A, turn: T, block: "b" });
    log.delta(delta("x"));
    expect(seen).toEqual([]);
    await log.append({ type: "text-end", agent: A, turn: T, block: "b" });
    expect(seen).toEqual(["text-start", "~x", "=x", "text-end"]);
  });

  test("a new log does not overwrite an old one", async () => {
    const io = fakeIo();
    await (await open(io)).close();
    await expect(open(io)).rejects.toMatchObject({ code: "E_RUN_LOG", message: expect.stringContaining("already") });
  });
});

describe("a file log on the disk", () => {
  let folder = "";
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test("only its owner can read it, and closing twice is one close", async () => {
    folder = await mkdtemp(join(tmpdir(), "massgen-log-"));
    const path = join(folder, "massgen_logs/x/question_1");
    const log = await open(createIo(), path);
    await log.append(note(1));
    await Promise.all([log.close(), log.close()]);
    expect((await stat(join(path, "events.jsonl"))).mode & 0o777).toBe(0o600);
    expect((await stat(path)).mode & 0o777).toBe(0o700);
    expect((await readFile(join(path, "events.jsonl"), "utf8")).split("\n").length).toBe(2);
    expect((await all(log)).length).toBe(1);
  });
});
