// Contents of tool results as recorded, for the calls that wait for them.
import type { CallId, Content } from "../core/index.ts";

export class RecordedResults {
  readonly #expected = new Map<CallId, readonly Content[] | null>();

  expect(call: CallId): void {
    this.#expected.set(call, null);
  }

  noticed(call: CallId, content: readonly Content[]): void {
    if (this.#expected.has(call)) this.#expected.set(call, content);
  }

  /** Null where no result was recorded. */
  take(call: CallId): readonly Content[] | null {
    const content = this.#expected.get(call) ?? null;
    this.#expected.delete(call);
    return content;
  }
}
