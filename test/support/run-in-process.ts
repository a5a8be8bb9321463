// Runs the program in this process with real files, clock and servers, and catches what it prints: `massgen` without building it.
import { PassThrough } from "node:stream";
import { createIo, type Environment, type Io } from "../../src/io/index.ts";
import { main } from "../../src/cli/main.ts";
import { realServices } from "../../src/cli/real-services.ts";

export type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };
export type RunOptions = { readonly cwd: string; readonly env?: Environment; readonly stdin?: string };

function capture() {
  const chunks: string[] = [];
  const stream = Object.assign(new PassThrough(), { isTTY: false, columns: 100, rows: 24 });
  stream.on("data", (chunk: Buffer) => chunks.push(chunk.toString("utf8")));
  return { stream, text: () => chunks.join("") };
}

/** State, cache and configuration of the program are inside `cwd`. */
export async function massgen(argv: readonly string[], { cwd, env = {}, stdin = "" }: RunOptions): Promise<Ran> {
  const [out, err, input] = [capture(), capture(), Object.assign(new PassThrough(), { isTTY: false })];
  input.end(stdin);
  const kept = { PATH: process.env["PATH"], HOME: cwd, MASSGEN_HOME: `${cwd}/.massgen` };
  const io: Io = { ...createIo(), cwd, env: { ...kept, ...env }, terminal: { stdin: input, stdout: out.stream, stderr: err.stream } };
  const process_ = { onStop: () => ({ stop: () => undefined }), onAnswerNow: () => ({ stop: () => undefined }), exitNow: () => undefined };
  const code = await main(argv, { io, process: process_, services: realServices });
  return { code, stdout: out.text(), stderr: err.text() };
}
