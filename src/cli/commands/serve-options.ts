// The options of `massgen serve`, apart from the command so that the help text costs no loading.
import type { OptionTable } from "../option-table.ts";
import { BUDGET_OPTIONS, RUN_OPTIONS } from "./run-options.ts";

const SERVER = "Server";
const { config, backend, model, agents, locked, policy, yes, debug, quiet } = RUN_OPTIONS;

export const SERVE_OPTIONS = {
  mcp: { kind: "flag", group: SERVER, help: "speak MCP (the one protocol there is), on standard input and output" },
  http: {
    kind: "text",
    placeholder: "[HOST:]PORT",
    group: SERVER,
    help: "streamable HTTP instead, at /mcp; without HOST only for this machine",
  },
  "token-file": {
    kind: "text",
    placeholder: "FILE",
    group: SERVER,
    help: "HTTP: the bearer token; else MASSGEN_SERVE_TOKEN, else one is made and printed",
  },
  "allow-host": {
    kind: "text",
    placeholder: "NAME[,NAME...]",
    group: SERVER,
    help: "HTTP: names under which the server is reached, beside its address",
  },
  teams: {
    kind: "text",
    placeholder: "FOLDER",
    group: SERVER,
    help: "clients may choose a configuration file of this folder, by its name",
  },
  "max-runs": {
    kind: "number",
    min: 1,
    max: 100,
    whole: true,
    placeholder: "N",
    group: SERVER,
    help: "questions that are worked on at once; default 2",
  },
  "max-total-cost": {
    kind: "number",
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    whole: false,
    placeholder: "USD",
    group: SERVER,
    help: "all questions together spend at most this; then no more are taken",
  },
  config,
  backend,
  model,
  agents,
  "system-message": RUN_OPTIONS["system-message"],
  "base-url": RUN_OPTIONS["base-url"],
  "orchestrator-timeout": RUN_OPTIONS["orchestrator-timeout"],
  ...BUDGET_OPTIONS,
  "no-logs": RUN_OPTIONS["no-logs"],
  strict: RUN_OPTIONS.strict,
  locked,
  policy,
  "strict-config": RUN_OPTIONS["strict-config"],
  yes,
  quiet: { ...quiet, help: "nothing on standard error but the token and what stops the server" },
  debug,
} as const satisfies OptionTable;
