// Questions of permission: asked in the log, answered by a person through a command, or refused when the run ends first.
import type { CallId, Entry } from "../core/index.ts";
import type { LiveItem } from "../log/index.ts";

export type Answer = { readonly allow: boolean; readonly remember: "once" | "run" | "always" };

export class PermissionDesk {
  readonly #open = new Map<CallId, (answer: Answer) => void>();

  /** Resolves with what a person says; with a refusal when the signal aborts. Never rejects. */
  ask(call: CallId, signal: AbortSignal): Promise<Answer> {
    return new Promise((resolve) => {
      const settle = (answer: Answer): void => {
        this.#open.delete(call);
        signal.removeEventListener("abort", refuse);
        resolve(answer);
      };
      const refuse = (): void => settle({ allow: false, remember: "once" });
      this.#open.set(call, settle);
      if (signal.aborted) refuse();
      else signal.addEventListener("abort", refuse);
    });
  }

  /** Follows the log of a run: commands of people arrive there, wherever they were given. */
  readonly follow = (item: LiveItem): void => {
    if (item.kind === "entry") this.#take(item.entry);
  };

  #take(entry: Entry): void {
    if (entry.type !== "command-received" || entry.command.name !== "permission") return;
    const { call, allow, remember } = entry.command;
    this.#open.get(call)?.({ allow, remember });
  }
}
