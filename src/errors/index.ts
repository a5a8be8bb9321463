// The three roads of an error end here: one base class for what a caller may see, `UsageError` for a user's mistakes,
// and a registry that gives each `E_…` code its exit code, its place in the troubleshooting guide and a next step.
import type { Problem } from "./problem.ts";
import { ERROR_REGISTRY, type ErrorCode } from "./registry.ts";

export { formatProblem, type Problem } from "./problem.ts";
export { ERROR_REGISTRY, type ErrorCode } from "./registry.ts";

export type MassgenErrorOptions = { readonly cause?: unknown; readonly retryable?: boolean; readonly next?: string };

/** Base of every error this program throws on purpose. Messages never hold a secret. */
export class MassgenError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  /** What the person can do about it, one sentence. */
  readonly next: string;

  constructor(code: ErrorCode, message: string, options: MassgenErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.next = options.next ?? ERROR_REGISTRY[code].next;
  }

  get exitCode(): number {
    return ERROR_REGISTRY[this.code].exitCode;
  }

  toJSON(): Record<string, unknown> {
    return { name: this.name, code: this.code, message: this.message, retryable: this.retryable, next: this.next };
  }
}

/** A mistake of the person at the keyboard: shown as one line per problem, never with a stack trace; exit code 2. */
export class UsageError extends MassgenError {
  readonly problems: readonly Problem[];

  constructor(code: ErrorCode, message: string, options: MassgenErrorOptions & { readonly problems?: readonly Problem[] } = {}) {
    super(code, message, options);
    this.problems = options.problems ?? [];
  }
}
