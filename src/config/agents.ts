// The agents of a configuration: `agents` as a list or as a map of id to agent, or one `agent`.
import { readBackend } from "./backend.ts";
import { nearestTo } from "./near-miss.ts";
import { optional, record, reportStranger, withDefault, type ValuesOf } from "./record.ts";
import { firstAt, inside, itemOf, report, ROOT, shown, wrongType, type Place, type Reading } from "./reading.ts";
import { limitsOf, limitsShape } from "./sections.ts";
import { anything, number, text } from "./shapes.ts";
import { childOf, isNothing, type Mark, type Tree } from "./tree.ts";
import type { AgentConfig, Limits } from "./types.ts";

const MOST_AGENTS = 100;
/** Any text a person can see, on one line; ids become names of files only through a slug. */
const ID_RULE = "a name of 1 to 100 visible characters";
const ID = /^(?=.*\S)[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,100}$/u;

export const AGENT_FIELDS = {
  id: optional(
    text({ lenient: true, pattern: ID, expected: ID_RULE }),
    "The agent's name in displays and logs; agent1, agent2 … where left out.",
  ),
  backend: optional(anything, "Who answers, and with which tools."),
  system_message: optional(text(), "What this agent is told about its role."),
  budget: optional(limitsShape, "Limits of this agent."),
  count: withDefault(
    number({ min: 1, max: 20, integer: true }),
    1,
    "How many equal agents this is: id-1, id-2 … Several drafts of the best model often beat one each of several.",
  ),
};

/** Keys people write one level too high; here they would have no effect. */
const BACKEND_KEYS: ReadonlySet<string> = new Set([
  "type",
  "model",
  "api_key",
  "base_url",
  "mcp_servers",
  "allowed_tools",
  "exclude_tools",
  "temperature",
  "max_tokens",
  "cwd",
  "permission_mode",
]);

const agentShape = record(AGENT_FIELDS, {
  stranger(entry, place, reading) {
    if (!BACKEND_KEYS.has(entry.key)) return reportStranger(entry, Object.keys(AGENT_FIELDS), { place, reading });
    report(
      reading,
      { place: inside(place, entry.key), mark: entry.mark },
      {
        code: "misplaced-key",
        message: `\`${entry.key}\` has no effect here: it belongs under \`backend\``,
        severity: reading.strict ? "error" : "warning",
      },
    );
  },
});

export type Team = { readonly agents: readonly AgentConfig[]; readonly budgets: Readonly<Record<string, Limits>> };
type Item = { readonly tree: Tree; readonly place: Place; readonly id: string; readonly mark: Mark };

/** All agents without a problem. `root` is the whole configuration. */
export function readAgents(root: Tree, at: { readonly reading: Reading; readonly callTimeoutMs: number }): Team {
  const items = itemsOf(root, at.reading);
  const seen = new Map<string, Mark>();
  const agents: AgentConfig[] = [];
  const budgets: [string, Limits][] = [];
  for (const item of items) {
    const found = readAgent(item, { ...at, seen });
    if (found === null) continue;
    agents.push(...found.agents);
    const { budget } = found;
    if (budget !== null) budgets.push(...found.agents.map(({ id }): [string, Limits] => [id, budget]));
  }
  if (items.length <= MOST_AGENTS && agents.length > MOST_AGENTS)
    reportTooMany(agents.length, { place: inside(ROOT, "agents"), mark: root.mark }, at.reading);
  return { agents, budgets: Object.fromEntries(budgets) };
}

function itemsOf(root: Tree, reading: Reading): readonly Item[] {
  const single = childOf(root, "agent");
  const several = childOf(root, "agents");
  if (single !== null && several !== null) {
    report(
      reading,
      { place: inside(ROOT, "agents"), mark: several.mark },
      {
        code: "ignored-key",
        message: "`agents` is ignored, because `agent` is given too",
        severity: "warning",
      },
    );
  }
  if (single !== null) return [{ tree: single, place: inside(ROOT, "agent"), id: "agent1", mark: single.mark }];
  const place = inside(ROOT, "agents");
  if (several === null) return reportNobody(root, place, reading);
  if (several.kind === "scalar") {
    wrongType(several, "a list of agents, or a map of id to agent", { place, reading });
    return [];
  }
  const items: readonly Item[] =
    several.kind === "list"
      ? several.items.map((tree, index) => ({ tree, place: itemOf(place, index), id: `agent${index + 1}`, mark: tree.mark }))
      : several.entries.map((entry) => ({ tree: entry.value, place: inside(place, entry.key), id: entry.key, mark: entry.mark }));
  if (items.length === 0) return reportNobody(root, place, reading);
  if (items.length > MOST_AGENTS) {
    reportTooMany(items.length, { place, mark: several.mark }, reading);
    return [];
  }
  return items;
}

function reportTooMany(count: number, at: { readonly place: Place; readonly mark: Mark }, reading: Reading): void {
  report(reading, at, {
    code: "out-of-range",
    message: `${count} agents are more than can work on a question`,
    expected: `at most ${MOST_AGENTS}`,
  });
}

function reportNobody(root: Tree, place: Place, reading: Reading): readonly Item[] {
  // A misspelt `agents` has been reported with its suggestion.
  const near =
    root.kind === "mapping" &&
    root.entries.some(({ key }) => nearestTo(key, ["agents", "agent"]) !== null && key !== "agents" && key !== "agent");
  if (!near) {
    report(
      reading,
      { place, mark: root.mark },
      {
        code: "missing-key",
        message: "The configuration names no agent: it needs `agents:` (a list) or `agent:`",
      },
    );
  }
  return [];
}

function readAgent(
  item: Item,
  at: { readonly reading: Reading; readonly callTimeoutMs: number; readonly seen: Map<string, Mark> },
): { readonly agents: readonly AgentConfig[]; readonly budget: Limits | null } | null {
  const { reading } = at;
  if (item.tree.kind !== "mapping" || isNothing(item.tree))
    return wrongType(item.tree, "a mapping with `backend`", { place: item.place, reading });
  const values: ValuesOf<typeof AGENT_FIELDS> | null = agentShape.read(item.tree, item.place, reading);
  if (values === null) return null;
  const id = idOf(values.id, item, reading);
  const ids = values.count === 1 ? [id] : Array.from({ length: values.count }, (_, index) => `${id}-${index + 1}`);
  for (const each of ids) reportSameId(each, { ...item, mark: childOf(item.tree, "id")?.mark ?? item.mark }, at);
  const section = childOf(item.tree, "backend");
  if (section === null) {
    report(
      reading,
      { place: item.place, mark: item.mark },
      {
        code: "missing-key",
        message: `The agent ${shown(id)} needs a \`backend\` with \`type\` or \`model\``,
      },
    );
    return null;
  }
  const backend = readBackend(section, inside(item.place, "backend"), at);
  if (backend === null) return null;
  const agents = ids.map((each) => ({ id: each, backend, systemMessage: values.system_message }));
  return { agents, budget: values.budget === null ? null : limitsOf(values.budget) };
}

function idOf(written: string | null, item: Item, reading: Reading): string {
  if (written !== null) return written;
  if (!ID.test(item.id)) {
    report(
      reading,
      { place: item.place, mark: item.mark },
      { code: "out-of-range", message: `An agent cannot have the id "${shown(item.id)}"`, expected: ID_RULE },
    );
  }
  return item.id;
}

function reportSameId(id: string, item: Item, { seen, reading }: { readonly seen: Map<string, Mark>; readonly reading: Reading }): void {
  const first = seen.get(id);
  if (first === undefined) seen.set(id, item.mark);
  else {
    report(
      reading,
      { place: item.place, mark: item.mark },
      {
        code: "duplicate-id",
        message: `Two agents have the id "${shown(id)}"${firstAt(first)}`,
      },
    );
  }
}
