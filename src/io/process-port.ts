// The process as the program sees it: signals, a closed output, and the end at once.

/** Why the person or the system wants the program to stop. */
export type StopReason = "interrupt" | "terminate" | "hang-up" | "output-closed";

export type ProcessPort = {
  /** Calls `handler` for every Ctrl-C, SIGTERM, SIGHUP and for a reader that closed our standard output. While nobody listens the first of them ends the process with 130. */
  onStop(handler: (reason: StopReason) => void): { stop(): void };
  /** Calls `handler` for every SIGUSR1: the person wants the best answer there is. Where the system has no such signal, never. */
  onAnswerNow(handler: () => void): { stop(): void };
  /** Ends the process without waiting for anything. */
  exitNow(code: number): void;
};

const SIGNALS = { SIGINT: "interrupt", SIGTERM: "terminate", SIGHUP: "hang-up" } as const;

/** The real process. Also keeps write errors of closed outputs from crashing it. */
export function realProcess(): ProcessPort {
  const handlers = new Set<(reason: StopReason) => void>();
  const tell = (reason: StopReason): void => {
    if (handlers.size === 0 && reason !== "output-closed") process.exit(130);
    for (const handler of handlers) handler(reason);
  };
  for (const [signal, reason] of Object.entries(SIGNALS)) process.on(signal, () => tell(reason));
  // EPIPE: the reader went away; EIO: the terminal did. Neither can be reported to anybody.
  process.stdout.on("error", () => tell("output-closed"));
  process.stderr.on("error", () => undefined);
  return {
    onStop: (handler) => {
      handlers.add(handler);
      return { stop: () => void handlers.delete(handler) };
    },
    onAnswerNow,
    exitNow: (code) => process.exit(code),
  };
}

function onAnswerNow(handler: () => void): { stop(): void } {
  if (process.platform === "win32") return { stop: () => undefined };
  process.on("SIGUSR1", handler);
  return { stop: () => void process.off("SIGUSR1", handler) };
}

/** Writes out what is buffered for standard output and error, then ends the process. */
export async function exitAfterFlush(code: number): Promise<never> {
  const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
    new Promise((resolve) => (stream.destroyed || stream.writableEnded ? resolve() : stream.write("", () => resolve())));
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  process.exit(code);
}
