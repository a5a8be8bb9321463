// What the commands need of the rest of the program, loaded on first use and replaceable in tests.
import type { MassgenConfig } from "../config/index.ts";
import type { Problem } from "../errors/index.ts";
import type { Io } from "../io/index.ts";
import type { OpenedSession, SessionOptions, TeamSource } from "../session/index.ts";

export type { OpenedSession, SessionOptions, TeamSource } from "../session/index.ts";

export type Services = {
  openSession(config: MassgenConfig, options: SessionOptions): Promise<OpenedSession>;
  /** Throws UsageError with all problems. */
  configure(source: TeamSource, io: Io): Promise<{ readonly config: MassgenConfig; readonly warnings: readonly Problem[] }>;
};
