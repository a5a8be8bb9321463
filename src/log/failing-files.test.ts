// A disk that fails at the n-th operation, for every n and every way to fail: each outcome has a code, what was acknowledged is there, and the next process goes on.
import { describe, expect, test } from "vitest";
import type { Entry, RunEvent } from "../core/index.ts";
import { MassgenError } from "../errors/index.ts";
import { fakeIo, memoryFiles, type FakeIo, type FaultCode, type MemoryFiles } from "../testing/index.ts";
import { openFileLog, readLog, reopenFileLog, type RunLog } from "./index.ts";
import { everyEvent, RUN } from "./log.test-support.ts";

const FOLDER = "/run";
const samples = everyEvent("text", "opaque");
/** Facts that are synced and one that is not. */
const FIRST: readonly RunEvent[] = [samples["run-start"], samples["tool-call"], samples["warning"], samples["answer-submitted"]];
const LATER: readonly RunEvent[] = [samples["run-resumed"], samples["vote-submitted"], samples["run-end"]];

type Story = { readonly acknowledged: Entry[]; readonly errors: unknown[] };

/** One process: opens or takes up the log, writes, and leaves; stops at the first error as a run does. */
async function live(io: FakeIo, events: readonly RunEvent[], open: () => Promise<RunLog>): Promise<Story> {
  const story: Story = { acknowledged: [], errors: [] };
  const attempt = async (action: () => Promise<unknown>): Promise<boolean> => {
    try {
      await action();
      return true;
    } catch (error) {
      story.errors.push(error);
      return false;
    }
  };
  let log: RunLog | null = null;
  if (!(await attempt(async () => (log = await open())))) return story;
  const opened = log as unknown as RunLog;
  for (const event of events) if (!(await attempt(async () => story.acknowledged.push(await opened.append(event))))) break;
  await attempt(() => opened.close());
  await io.clock.settle();
  return story;
}

const begin = (io: FakeIo): Promise<Story> => live(io, FIRST, () => openFileLog({ run: RUN, folder: FOLDER, io, secrets: [] }));
const goOn = (io: FakeIo): Promise<Story> => live(io, LATER, async () => (await reopenFileLog({ folder: FOLDER, io, secrets: [] })).log);

const WAYS: readonly (readonly [string, FaultCode, number])[] = [
  ["no space left", "ENOSPC", 0],
  ["a short write, then no space left", "ENOSPC", 0.5],
  ["a whole write that is reported as failed", "EIO", 1],
  ["an input/output error", "EIO", 0],
  ["too many open files", "EMFILE", 0],
  ["no permission", "EACCES", 0],
];

/** The next process on what is left: after a crash, and after a power cut that took everything unsynced. */
async function expectRecovery(files: MemoryFiles, acknowledged: readonly Entry[], where: string): Promise<void> {
  const synced = acknowledged.filter(({ type }) => type !== "warning");
  for (const [left, known] of [
    [memoryFiles(new Map(files.paths().map((path) => [path, Buffer.from(files.text(path) ?? "")]))), acknowledged],
    [files.afterPowerCut(), synced],
  ] as const) {
    const io = fakeIo({ files: left, pid: 2 });
    const found = await readLog(FOLDER, io).catch(() => null);
    if (found === null || found.entries.length === 0) {
      expect(known, where).toEqual([]);
      continue;
    }
    expect(found.entries, where).toEqual(expect.arrayContaining([...known]));
    expect(["torn", undefined], where).toContain(found.problem?.kind);
    const { errors } = await goOn(io);
    expect(errors, where).toEqual([]);
    expect((await readLog(FOLDER, io)).problem, where).toBeNull();
  }
}

describe.each(WAYS)("a disk with %s", (_name, code, partial) => {
  test.each([
    ["a new log", null, begin],
    ["a log that is taken up", begin, goOn],
  ] as const)(
    "at any operation of %s: E_RUN_LOG, nothing acknowledged is lost, the next process goes on (REQ-RUN-20)",
    async (_story, before, story) => {
      let touched = 0;
      for (let n = 1; ; n += 1) {
        const io = fakeIo();
        const earlier = before === null ? [] : (await before(io)).acknowledged;
        io.files.failFrom(n, code, partial);
        const { acknowledged, errors } = await story(io);
        io.files.heal();
        const where = `${code} at operation ${n}`;
        for (const error of errors) expect(error, where).toMatchObject({ code: "E_RUN_LOG", exitCode: 1 });
        for (const error of errors) expect(error, where).toBeInstanceOf(MassgenError);
        await expectRecovery(io.files, [...earlier, ...acknowledged], where);
        if (errors.length === 0) break;
        touched = n;
      }
      expect(touched).toBeGreaterThan(8);
    },
  );
});
