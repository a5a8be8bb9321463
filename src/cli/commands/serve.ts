// `massgen serve --mcp`: the council as a tool for other programs, on standard input and output or over HTTP.
import type { MassgenConfig } from "../../config/index.ts";
import type { EndpointPorts } from "../../mcp/index.ts";
import { usageError } from "../arguments.ts";
import { defineCommand, type CommandContext } from "../command.ts";
import { withDotEnv } from "../environment.ts";
import type { OptionValues } from "../option-table.ts";
import { readAddress, serverToken, type Address } from "../serve-address.ts";
import { servedTeams, type ServedTeam } from "../served-teams.ts";
import type { TeamSource } from "../services.ts";
import { watchStopping } from "../stopping.ts";
import { teamSource, unusedFlags } from "../team-options.ts";
import { budgetOf, optionsOfSession, originOf, tell, warningLine } from "../work.ts";
import { SERVE_OPTIONS } from "./serve-options.ts";

type Options = OptionValues<typeof SERVE_OPTIONS>;
const QUESTIONS_AT_ONCE = 2;

export const serveCommand = defineCommand({
  usage: [
    "serve --mcp [OPTIONS]                      one client, on standard input and output",
    "serve --mcp --http [HOST:]PORT [OPTIONS]",
  ],
  details:
    "Offers the tool `ask_council`. A client may choose limits below those given here, never above them. Standard output belongs to the protocol. Over HTTP every client needs the bearer token; beyond this machine `--max-cost` is needed too.",
  options: SERVE_OPTIONS,
  examples: ["massgen serve --mcp --config team.yaml --max-cost 1", "massgen serve --mcp --http 8765 --token-file token.txt"],
  run: async ({ options, positionals: [extra] }, outside) => {
    if (extra !== undefined) throw usageError("serve takes no question: clients bring them");
    if (!options.mcp) throw usageError("Say what to serve: massgen serve --mcp");
    const address = await checkedAddress(options);
    const { io, warnings } = await withDotEnv(outside.io);
    const context = { ...outside, io };
    const source = await teamSource(options, io);
    const own = await context.services.configure(source, io);
    const teams = options.teams === null ? [] : await servedTeams(options.teams, source, context);
    tell(context, options, [...[...warnings, ...own.warnings].map(warningLine), ...unusedFlags(options)]);
    const ports = await portsFor({ options, context, own: { name: "", source, config: own.config }, teams });
    return address === null ? serveStdio(ports, options, context) : serveHttp(ports, address, { options, context });
  },
});

/** Null = standard input and output. What is not meant to be reached from elsewhere is not reached by mistake. */
async function checkedAddress(options: Options): Promise<Address | null> {
  if (options.http === null) {
    const name = (["token-file", "allow-host"] as const).find((each) => options[each] !== null);
    if (name !== undefined) throw usageError(`--${name} is for --http`);
    return null;
  }
  const address = readAddress(options.http);
  const { isLoopbackName } = await import("../../serve/index.ts");
  if (!isLoopbackName(address.host) && options["max-cost"] === null)
    throw usageError(`Beyond this machine (${address.host}) a question needs a limit: add --max-cost USD`);
  return address;
}

type Serving = {
  readonly options: Options;
  readonly context: CommandContext;
  readonly own: ServedTeam;
  readonly teams: readonly ServedTeam[];
};

async function portsFor({ options, context, own, teams }: Serving): Promise<() => EndpointPorts> {
  const { openCouncil, councilPorts } = await import("../../serve/index.ts");
  const { io } = context;
  const say = (line: string): void => tell(context, options, [line]);
  const { maxCostUsd = null, ...limits } = budgetOf(options);
  const council = openCouncil({
    offer: { teams: teams.map(({ name }) => name), sizes: own.source.file === null },
    purse: { places: options["max-runs"] ?? QUESTIONS_AT_ONCE, perQuestionUsd: maxCostUsd, totalUsd: options["max-total-cost"] },
    limits,
    timeoutMs: options["orchestrator-timeout"] === null ? null : options["orchestrator-timeout"] * 1000,
    clock: io.clock,
    note: (line) => say(`massgen: ${line}`),
    open: async ({ team, agents, budget, timeoutMs, interactive }) => {
      const { source, config } = await teamFor(teams.find(({ name }) => name === team) ?? own, agents, context);
      return context.services.openSession(config, {
        ...optionsOfSession({ ...options, "orchestrator-timeout": null }, config.ui.logging, context),
        budget,
        interactive,
        origin: originOf(source),
        onNotice: say,
        ...(timeoutMs === null ? {} : { orchestratorTimeoutMs: timeoutMs }),
      });
    },
  });
  const failed = (error: unknown): void => {
    io.terminal.stderr.write(`massgen: internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  };
  return () => councilPorts(council, failed);
}

/** A team of flags and keys may be asked for in another size. */
async function teamFor(
  team: ServedTeam,
  agents: number | null,
  { services, io }: CommandContext,
): Promise<{ source: TeamSource; config: MassgenConfig }> {
  if (agents === null) return team;
  const source = { ...team.source, agents };
  return { source, config: (await services.configure(source, io)).config };
}

async function serveStdio(ports: () => EndpointPorts, options: Options, context: CommandContext): Promise<number> {
  const serving = (await import("../../serve/index.ts")).serveStdio(ports(), context.io.terminal);
  const stopper = watchStopping({ first: () => void serving.close(), atOnce: () => undefined }, context.process, context.io.clock);
  if (context.io.terminal.stdin.isTTY === true)
    tell(context, options, ["massgen: this speaks MCP, which is not for people: add it to a client (docs/serving.md). Ctrl-D ends it."]);
  try {
    await serving.ended;
    return 0;
  } finally {
    stopper.stop();
  }
}

type Given = { readonly options: Options; readonly context: CommandContext };

async function serveHttp(ports: () => EndpointPorts, { host, port }: Address, { options, context }: Given): Promise<number> {
  const { io, process } = context;
  const token = await serverToken(options["token-file"], io);
  const hosts = (options["allow-host"] ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "");
  const failed = (error: unknown): void => ports().failed(error);
  const { serveHttp: serve } = await import("../../serve/index.ts");
  const server = await serve({ io, host, port, token: token.value, hosts, ports, failed });
  const stopped = Promise.withResolvers<void>();
  const stopper = watchStopping(
    { first: () => void server.close().then(stopped.resolve, stopped.reject), atOnce: () => undefined },
    process,
    io.clock,
  );
  try {
    tell(context, options, [...token.warnings, `massgen: serving ask_council at ${server.url}`]);
    if (token.made) io.terminal.stderr.write(`massgen: clients send this token, shown only now:\nAuthorization: Bearer ${token.value}\n`);
    await stopped.promise;
    return 0;
  } finally {
    stopper.stop();
  }
}
