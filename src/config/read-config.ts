// The whole configuration: from the tree of a file to settings with every default filled in.
import { readAgents } from "./agents.ts";
import { optional, record, reportStranger } from "./record.ts";
import { inside, report, ROOT, wrongType, type Reading } from "./reading.ts";
import { limitsOf, limitsShape, orchestratorOf, orchestratorShape, timeoutShape, timeoutsOf, uiShape } from "./sections.ts";
import { anything } from "./shapes.ts";
import type { Entry, Tree } from "./tree.ts";
import type { MassgenConfig } from "./types.ts";

const NOTHING: Tree = { kind: "mapping", entries: [], mark: null };

export const ROOT_FIELDS = {
  agent: optional(anything, "One agent."),
  agents: optional(anything, "The agents: a list, or a map of id to agent."),
  ui: optional(uiShape, "How a run is shown and stored."),
  timeout_settings: optional(timeoutShape, "Time limits, in seconds."),
  orchestrator: optional(orchestratorShape, "How the agents work together."),
  budget: optional(limitsShape, "Limits of a run; when one is reached, the best answer so far is presented."),
};

/** Keys of sections: written at the top they would have no effect. */
const SECTIONS: readonly (readonly [string, readonly string[]])[] = [
  ["ui", Object.keys(uiShape.fields)],
  ["timeout_settings", Object.keys(timeoutShape.fields)],
  ["orchestrator", Object.keys(orchestratorShape.fields)],
  ["budget", Object.keys(limitsShape.fields)],
];
const AGENT_KEYS = ["backend", "system_message", "model", "mcp_servers"];

const rootShape = record(ROOT_FIELDS, {
  aliases: { display: "ui" },
  stranger(entry, place, reading) {
    const section = SECTIONS.find(([, keys]) => keys.includes(entry.key))?.[0];
    if (section !== undefined) return reportMisplaced(entry, section, reading);
    if (AGENT_KEYS.includes(entry.key))
      return reportMisplaced(entry, entry.key === "backend" || entry.key === "system_message" ? "agents[]" : "agents[].backend", reading);
    return reportStranger(entry, Object.keys(ROOT_FIELDS), { place, reading });
  },
});

/** A limit in the wrong place is an error: a paid run whose limit is silently ignored is worse than a stop. */
function reportMisplaced(entry: Entry, section: string, reading: Reading): void {
  const limit = section !== "ui" && !section.startsWith("agents");
  report(
    reading,
    { place: inside(ROOT, entry.key), mark: entry.mark },
    {
      code: "misplaced-key",
      message: `\`${entry.key}\` has no effect here: it belongs under \`${section}\``,
      severity: limit || reading.strict ? "error" : "warning",
    },
  );
}

/** The configuration; meaningless where `reading` holds an error. Null where there is nothing to read. */
export function readConfig(tree: Tree, reading: Reading): MassgenConfig | null {
  if (tree.kind !== "mapping") return wrongType(tree, "a mapping with `agents`", { place: ROOT, reading });
  const values = rootShape.read(tree, ROOT, reading);
  if (values === null) return null;
  const ui = values.ui ?? defaultsOf(uiShape, reading);
  const timeouts = timeoutsOf(values.timeout_settings ?? defaultsOf(timeoutShape, reading));
  const team = readAgents(tree, { reading, callTimeoutMs: timeouts.toolCallMs });
  return {
    file: reading.file,
    agents: team.agents,
    ui: { display: ui.display_type, logging: ui.logging_enabled },
    timeouts,
    orchestrator: orchestratorOf(values.orchestrator ?? defaultsOf(orchestratorShape, reading), ui),
    budget: limitsOf(values.budget ?? defaultsOf(limitsShape, reading)),
    agentBudgets: team.budgets,
    secrets: [...reading.secrets],
  };
}

/** What a section comes to that is not in the file. */
function defaultsOf<T>(shape: { read(tree: Tree, place: typeof ROOT, reading: Reading): T | null }, reading: Reading): T {
  const values = shape.read(NOTHING, ROOT, reading);
  if (values === null) throw new TypeError("a section without keys was refused");
  return values;
}
