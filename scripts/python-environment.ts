// A virtual environment of Python with what one set-up step needs, made once: a stamp in it says what it was made of.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export type PythonEnvironment = {
  readonly folder: string;
  /** Name of the stamp in `folder`. */
  readonly stamp: string;
  /** Everything that decides what is in it; another text makes it anew. */
  readonly wanted: string;
  /** Commands in its `bin` folder, each with its arguments, in order. */
  readonly steps: readonly (readonly [command: string, ...args: string[]])[];
  /** What it holds, for the sentences. */
  readonly what: string;
  /** What goes without it. */
  readonly otherwise: string;
};

const python = process.platform === "win32" ? "python" : "python3";
const run = (command: string, args: readonly string[]): boolean => spawnSync(command, args, { stdio: "inherit" }).status === 0;

/** Where Python or a package is missing it says so in one line and leaves no stamp. */
export function bringPythonEnvironment({ folder, stamp, wanted, steps, what, otherwise }: PythonEnvironment): void {
  const path = join(folder, stamp);
  if (existsSync(path) && readFileSync(path, "utf8") === wanted) console.log(`${what} already there.`);
  else if (run(python, ["-m", "venv", folder]) && steps.every(([command, ...args]) => run(join(folder, "bin", command), args)))
    writeFileSync(path, wanted);
  else console.log(`${what} not installed; ${otherwise}`);
}
