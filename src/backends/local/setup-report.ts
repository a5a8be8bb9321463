// What bringing a model tells on the way, and what it needs to know about the person.

export type DownloadProgress = { readonly what: string; readonly received: number; readonly total: number };

/** How a download talks to the person. All of it is optional: without it downloads are silent and nobody is asked. */
export type SetupReport = {
  /** One line for the person. */
  readonly say?: (line: string) => void;
  /** Called often while a file comes in. */
  readonly progress?: (progress: DownloadProgress) => void;
  /** Asks the person to choose; resolves with the index of the chosen answer. Absent where nobody can be asked. */
  readonly choose?: (question: string, answers: readonly string[]) => Promise<number>;
};

/** Why a way to a model did not lead to one. */
export type Attempt = { readonly way: string; readonly why: string };

/** The words of an error, with the system's code where the message leaves it out. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause: unknown = error.cause;
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return reasonOf(cause.errors[0]);
  if (cause instanceof Error && cause.message !== "") return reasonOf(cause);
  return error.message === "" ? error.name : error.message;
}
