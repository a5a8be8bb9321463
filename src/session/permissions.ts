// Questions of permission and forms: asked in the log, answered by a person through a command, or given up when the run ends first.
import type { CallId, Entry, FormAnswer } from "../core/index.ts";
import type { LiveItem } from "../log/index.ts";

export type Answer = { readonly allow: boolean; readonly remember: "once" | "run" | "always" };

export class PermissionDesk {
  readonly #open = new Map<CallId, (answer: Answer) => void>();
  readonly #forms = new Map<CallId, (answer: FormAnswer) => void>();

  /** Resolves with what a person says; with a refusal when the signal aborts. Never rejects. */
  ask(call: CallId, signal: AbortSignal): Promise<Answer> {
    return waitFor(this.#open, call, { signal, otherwise: { allow: false, remember: "once" } });
  }

  /** Resolves with what a person fills in; with "cancel" when the signal aborts. Never rejects. */
  fillIn(call: CallId, signal: AbortSignal): Promise<FormAnswer> {
    return waitFor(this.#forms, call, { signal, otherwise: { action: "cancel" } });
  }

  /** Follows the log of a run: commands of people arrive there, wherever they were given. */
  readonly follow = (item: LiveItem): void => {
    if (item.kind === "entry") this.#take(item.entry);
  };

  #take(entry: Entry): void {
    if (entry.type !== "command-received") return;
    const { command } = entry;
    if (command.name === "permission") this.#open.get(command.call)?.({ allow: command.allow, remember: command.remember });
    if (command.name !== "form") return;
    const { action, content } = command;
    this.#forms.get(command.call)?.(content === undefined ? { action } : { action, content });
  }
}

type Waiting<T> = { readonly signal: AbortSignal; readonly otherwise: T };

function waitFor<T>(open: Map<CallId, (answer: T) => void>, call: CallId, { signal, otherwise }: Waiting<T>): Promise<T> {
  return new Promise((resolve) => {
    const settle = (answer: T): void => {
      open.delete(call);
      signal.removeEventListener("abort", giveUp);
      resolve(answer);
    };
    const giveUp = (): void => settle(otherwise);
    open.set(call, settle);
    if (signal.aborted) giveUp();
    else signal.addEventListener("abort", giveUp);
  });
}
