// What the commands need of the rest of the program, loaded on first use and replaceable in tests.
import type { MassgenConfig } from "../config/index.ts";
import type { HistoryMessage } from "../core/index.ts";
import type { Steering } from "../displays/contract.ts";
import type { Problem } from "../errors/index.ts";
import type { Io } from "../io/index.ts";
import type { LiveItem } from "../log/contract.ts";
import type { RunResult } from "../runtime/result.ts";

export type SessionOptions = {
  readonly io: Io;
  readonly logs: boolean;
  readonly logRoot?: string;
  readonly debug: boolean;
  readonly strict: boolean;
  readonly yes: boolean;
  readonly orchestratorTimeoutMs?: number;
};

export type Asked = { readonly result: Promise<RunResult>; readonly steering: Steering };

export type OpenedSession = {
  ask(question: string, history: readonly HistoryMessage[], follow: (item: LiveItem) => void): Asked;
  /** What will answer, one line each; shown before money is spent. */
  banner(): Promise<readonly string[]>;
  close(): Promise<void>;
};

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
