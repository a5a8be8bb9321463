// A backend as a run would make it, over a fake provider: real clock, no environment, waits between tries taken at once.
import { createBackend } from "../backends/index.ts";
import type { Backend } from "../backends/contract.ts";
import type { BackendConfig } from "../config/index.ts";
import { agentId } from "../core/index.ts";
import { createIo, type Environment, type Io } from "../io/index.ts";

export type TestBackendOptions = Partial<BackendConfig> & { readonly type: string };

/** Waits are taken at once and move the clock on; `waits` collects their milliseconds. */
export function impatientIo(waits: number[] = [], env: Environment = {}): Io {
  const io = createIo();
  let slept = 0;
  const sleep = (ms: number, signal?: AbortSignal): Promise<void> => {
    waits.push(ms);
    slept += ms;
    return signal?.aborted === true ? Promise.reject(signal.reason as Error) : Promise.resolve();
  };
  const monotonic = (): number => io.clock.monotonic() + slept;
  return { ...io, env, random: () => 0, clock: { ...io.clock, sleep, monotonic } };
}

export function testBackend(options: TestBackendOptions, io: Io = impatientIo()): Promise<Backend> {
  const config: BackendConfig = {
    model: null,
    baseUrl: null,
    apiKey: "test-key-123456",
    options: {},
    extraBody: {},
    mcpServers: [],
    geminiSchema: "json",
    ...options,
  };
  return createBackend({ agent: agentId("alice"), config, io, workspace: io.cwd, stateDir: io.cwd });
}
