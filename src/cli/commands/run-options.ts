// The options of `massgen [run]`, apart from the command so that the help text costs no loading.
import { DISPLAY_TYPES } from "../../config/types.ts";
import type { OptionTable } from "../option-table.ts";

const TEAM = "Team";
const OUTPUT = "Output";
const RUN = "Run";

const limit = { kind: "number", min: 0, max: Number.MAX_SAFE_INTEGER, group: "Budget" } as const;

/** Limits of the whole run; at a limit the best answer so far is the result (exit code 3). */
export const BUDGET_OPTIONS = {
  "max-cost": { ...limit, whole: false, placeholder: "USD", help: "spend at most this much money; then the best answer so far" },
  "max-tokens": { ...limit, whole: true, placeholder: "N", help: "use at most N tokens, in and out" },
  "max-model-calls": { ...limit, whole: true, placeholder: "N", help: "make at most N requests to models" },
  "max-tool-calls": { ...limit, whole: true, placeholder: "N", help: "make at most N tool calls" },
  "max-minutes": { ...limit, whole: false, placeholder: "MIN", help: "work at most this long" },
} as const satisfies OptionTable;

export const RUN_OPTIONS = {
  config: {
    kind: "text",
    placeholder: "FILE",
    short: "c",
    group: TEAM,
    help: "configuration file (YAML or JSON), or the name of a shipped example",
  },
  backend: { kind: "text", placeholder: "TYPE", group: TEAM, help: "provider to use without a file; `massgen backends` lists them" },
  model: {
    kind: "text",
    placeholder: "NAME",
    short: "m",
    group: TEAM,
    help: "model to use without a file; its provider is found by the name",
  },
  agents: {
    kind: "number",
    min: 1,
    max: 20,
    whole: true,
    placeholder: "N",
    group: TEAM,
    help: "how many agents work on the question (1 to 20)",
  },
  "system-message": { kind: "text", placeholder: "TEXT", group: TEAM, help: "what every agent is told about its role" },
  "base-url": { kind: "text", placeholder: "URL", group: TEAM, help: "address of an OpenAI-compatible or self-hosted server" },
  display: {
    kind: "choice",
    choices: DISPLAY_TYPES,
    placeholder: "KIND",
    group: OUTPUT,
    help: `${DISPLAY_TYPES.join(", ")} (entries as JSON lines, the result last)`,
  },
  "no-display": { kind: "flag", group: OUTPUT, help: "plain lines, the same as --display simple" },
  output: {
    kind: "text",
    placeholder: "FILE",
    short: "o",
    group: OUTPUT,
    help: "also write the answer to FILE; the whole result where it ends in .json",
  },
  quiet: { kind: "flag", short: "q", group: OUTPUT, help: "nothing but the answer; where the run fails, one line with the reason" },
  "orchestrator-timeout": {
    kind: "number",
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    whole: false,
    placeholder: "SECONDS",
    group: RUN,
    help: "end the coordination after this time with the best answer so far",
  },
  estimate: { kind: "flag", group: RUN, help: "say what the question would take in tokens and money, ask no model, and end" },
  gate: { kind: "flag", group: RUN, help: "start with two agents; the others join only if these two disagree" },
  continue: { kind: "flag", group: RUN, help: "go on with the last conversation of this folder" },
  ...BUDGET_OPTIONS,
  "no-logs": { kind: "flag", group: RUN, help: "write nothing under massgen_logs" },
  strict: { kind: "flag", group: RUN, help: "exit code 5 where the run was degraded (an agent out, a server lost ...)" },
  locked: { kind: "flag", group: RUN, help: "start nothing that is unpinned or not as `massgen mcp lock` wrote it down" },
  policy: {
    kind: "text",
    placeholder: "FILE",
    group: RUN,
    help: "security policy (JSON) instead of policy.json in the configuration folder",
  },
  "strict-config": { kind: "flag", group: RUN, help: "unknown keys in the configuration are errors" },
  yes: { kind: "flag", short: "y", group: RUN, help: "allow the download of a local model without asking" },
  debug: { kind: "flag", group: RUN, help: "show where an internal error happened, and log more" },
} as const satisfies OptionTable;
