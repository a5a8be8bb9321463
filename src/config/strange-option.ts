// Judges a key under `backend:` that the backend does not have: another backend's option, a key of the provider's API, a misspelling, or unknown.
import type { BackendRow } from "./backend-row.ts";
import { nearestTo } from "./near-miss.ts";
import { NEUTRAL_OPTIONS, OPTION_FIELDS, REASONING_KEYS } from "./options.ts";
import { reportNearMiss } from "./record.ts";
import { inside, report, shown, type Place, type Reading } from "./reading.ts";
import { childOf, type Entry, type Tree } from "./tree.ts";

type Setting = { readonly place: Place; readonly reading: Reading; readonly row: BackendRow | null; readonly common: readonly string[] };

/** What people look for under another backend's name. */
const COUNTERPARTS: Readonly<Record<string, readonly string[]>> = {
  enable_code_interpreter: ["enable_code_execution"],
  enable_code_execution: ["enable_code_interpreter"],
  reasoning_effort: ["reasoning", "thinking", "effort"],
  reasoning: ["thinking", "reasoning_effort", "effort"],
  thinking: ["reasoning", "reasoning_effort", "max_thinking_tokens"],
};

/** Keys that belong one level up, beside `backend:`. */
const AGENT_KEYS: ReadonlySet<string> = new Set(["id", "system_message", "budget"]);

export function judgeOption(entry: Entry, { place, reading, row, common }: Setting): void {
  const where = { place: inside(place, entry.key), mark: entry.mark };
  if (AGENT_KEYS.has(entry.key)) {
    report(reading, where, {
      code: "misplaced-key",
      message: `\`${entry.key}\` has no effect here: it belongs beside \`backend\`, not under it`,
      // A limit that is silently ignored costs money.
      severity: reading.strict || entry.key === "budget" ? "error" : "warning",
    });
    return;
  }
  const own = row === null ? Object.keys(OPTION_FIELDS) : row.options;
  const known = NEUTRAL_OPTIONS.has(entry.key) || Object.hasOwn(OPTION_FIELDS, entry.key);
  const near = known ? null : nearestTo(entry.key, [...common, ...own]);
  if (near !== null) return reportNearMiss(entry.key, near, { where, reading });
  const counterpart = (COUNTERPARTS[entry.key] ?? []).find((name) => own.includes(name));
  const body = row !== null && row.type !== "claude_code" && row.type !== "local";
  const advice = counterpart === undefined && body ? "; to send it, put it under `extra_body`" : "";
  report(reading, where, {
    code: "unsent-option",
    message: `\`${shown(entry.key)}\` is not an option of ${row?.type ?? "this backend"} and is not sent${advice}`,
    ...(counterpart === undefined ? {} : { suggestion: counterpart }),
    severity: reading.strict ? "error" : "warning",
  });
}

type Unused = Pick<Setting, "place" | "reading"> & { readonly row: BackendRow };

/** Tells of keys that are right elsewhere, and that this backend can do nothing with. */
export function judgeUnusedKeys(tree: Tree, unused: Unused): void {
  judgeReasoning(childOf(tree, "reasoning"), unused);
  const address = tree.kind === "mapping" ? tree.entries.find(({ key }) => key === "base_url") : undefined;
  if (unused.row.type !== "local" || address === undefined) return;
  unusedKey(address, unused, {
    code: "ignored-key",
    message: "`base_url` has no effect on `local`, whose model runs inside this program; for a server write `type: chatcompletion`",
  });
}

function judgeReasoning(reasoning: Tree | null, { place, reading, row }: Unused): void {
  const taken = row.reasoningKeys;
  if (taken === undefined || reasoning?.kind !== "mapping") return;
  for (const entry of reasoning.entries) {
    if (!REASONING_KEYS.includes(entry.key) || taken.includes(entry.key)) continue;
    const message = `\`reasoning.${entry.key}\` is not an option of ${row.type} and is not sent`;
    unusedKey(entry, { place: inside(place, "reasoning"), reading }, { code: "unsent-option", message, expected: taken.join(", ") });
  }
}

function unusedKey(entry: Entry, { place, reading }: Omit<Unused, "row">, finding: Parameters<typeof report>[2]): void {
  report(reading, { place: inside(place, entry.key), mark: entry.mark }, { ...finding, severity: reading.strict ? "error" : "warning" });
}
