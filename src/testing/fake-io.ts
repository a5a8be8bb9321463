// A whole outside world for tests: fake clock, files in memory, fixed random numbers, no network and no terminal.
import { PassThrough } from "node:stream";
import type { Io, ProcessIdentity } from "../io/index.ts";
import { fakeClock, type FakeClock } from "./fake-clock.ts";
import { memoryFiles, type MemoryFiles } from "./memory-files.ts";

export type FakeIo = Io & { readonly clock: FakeClock; readonly files: MemoryFiles };
export type FakeIoOptions = {
  readonly clock?: FakeClock;
  readonly files?: MemoryFiles;
  readonly env?: Readonly<Record<string, string>>;
  readonly pid?: number;
  /** Processes of this machine that are alive besides this one. */
  readonly alive?: readonly number[];
};

export function fakeIo(options: FakeIoOptions = {}): FakeIo {
  const { clock = fakeClock(), files = memoryFiles(), env = {}, pid = 1000, alive = [] } = options;
  const self: ProcessIdentity = { pid, started: `boot/${pid}`, host: "testhost" };
  let drawn = 0;
  return {
    clock,
    files,
    env,
    pid,
    cwd: "/work",
    platform: "linux",
    random: () => 0.5,
    randomHex: (bytes) => (++drawn).toString(16).padStart(bytes * 2, "0"),
    terminal: { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() },
    fetch: async () => {
      throw new Error("No network in this test.");
    },
    processes: {
      self: () => self,
      isAlive: (other) => other.host !== self.host || other.pid === pid || alive.includes(other.pid),
    },
  };
}
