// What the commands need of the rest of the program, loaded on first use and replaceable in tests.
import type { MassgenConfig } from "../config/index.ts";
import type { Problem } from "../errors/index.ts";
import type { Io } from "../io/index.ts";
import type { OpenedSession, SessionOptions } from "../session/index.ts";

export type { OpenedSession, SessionOptions } from "../session/index.ts";

/** Where the team comes from: a file, or flags and the keys that are found. */
export type TeamSource = {
  readonly file: string | null;
  readonly backend: string | null;
  readonly model: string | null;
  readonly baseUrl: string | null;
  readonly systemMessage: string | null;
  readonly agents: number | null;
  readonly strictConfig: boolean;
};

export type Services = {
  openSession(config: MassgenConfig, options: SessionOptions): Promise<OpenedSession>;
  /** Throws UsageError with all problems. */
  configure(source: TeamSource, io: Io): Promise<{ readonly config: MassgenConfig; readonly warnings: readonly Problem[] }>;
};
