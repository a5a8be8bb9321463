// What can be found out about one server by starting it: `massgen mcp doctor` shows it, as text and as JSON.
import { CHARACTERS_PER_TOKEN } from "../backends/index.ts";
import type { MassgenConfig } from "../config/index.ts";
import type { McpServerConfig } from "../config/types.ts";
import type { Io } from "../io/index.ts";
import { comparePins, declare, decideSharing, exposeNames, resolvedPackage, type DeclarationForm, type PinFile } from "../mcp/index.ts";
import { checkServer, packagesIn, type OperatorPolicy } from "../security/index.ts";
import { currentPins, loadPins } from "./mcp-lock.ts";
import type { McpSession, OpenedServer } from "./mcp-session.ts";
import { operatorPolicy } from "./operator-policy.ts";
import { serverContext } from "./policy.ts";

export const DECLARATION_FORMS: readonly DeclarationForm[] = ["gemini-json", "gemini-openapi", "openai", "anthropic"];

export type FormReport = {
  readonly form: DeclarationForm;
  /** What the declarations of all offered tools cost in each request: an estimate, characters divided by 4. */
  readonly tokens: number;
  /** What this form cannot say, by tool. */
  readonly notes: readonly { readonly tool: string; readonly note: string }[];
};

export type Diagnosis = {
  readonly server: string;
  readonly agents: readonly string[];
  /** The command line or the address, as written. */
  readonly starts: string;
  readonly transport: string;
  readonly works: boolean;
  readonly startMs: number | null;
  readonly identity: { readonly name: string | null; readonly version: string | null; readonly protocol: string | null };
  readonly sharing: { readonly shared: boolean; readonly reason: string };
  readonly security: { readonly verdict: "allow" | "warn" | "deny"; readonly findings: readonly string[] };
  /** `pinned`, `unpinned`, `local` or `remote`, and what was found. */
  readonly pin: { readonly state: "pinned" | "unpinned" | "local" | "remote"; readonly package: string | null };
  /** Differences from `mcp.lock`; null where there is no such file. */
  readonly lock: readonly string[] | null;
  readonly tools: number;
  readonly setAside: readonly { readonly tool: string; readonly reason: string }[];
  readonly kept: readonly string[];
  readonly forms: readonly FormReport[];
  readonly names: readonly { readonly tool: string; readonly name: string }[];
  readonly stderr: string;
  readonly junkLines: number;
  readonly breaker: string;
  readonly failure: { readonly message: string; readonly next: string } | null;
  readonly warnings: readonly string[];
};

/** One row per distinct server entry; the session has settled. */
export async function diagnose(
  session: McpSession,
  config: MassgenConfig,
  { io, policyFile }: { readonly io: Io; readonly policyFile: string | null },
): Promise<readonly Diagnosis[]> {
  const [policy, lock, pinned] = await Promise.all([operatorPolicy(io, policyFile), loadPins(config, io), currentPins(session, io)]);
  return Promise.all(session.servers.map((server) => diagnoseOne(server, { policy, io, lock: lock && differences(lock, pinned, server) })));
}

function differences(lock: PinFile, pinned: Awaited<ReturnType<typeof currentPins>>, { entry }: OpenedServer): readonly string[] {
  const own = { version: 1 as const, servers: lock.servers.filter(({ server }) => server === entry.server.name) };
  return comparePins(
    own,
    pinned.filter(({ server }) => server === entry.server.name),
  ).map(({ message }) => message);
}

type About = { readonly policy: OperatorPolicy; readonly io: Io; readonly lock: readonly string[] | null };

async function diagnoseOne(opened: OpenedServer, { policy, io, lock }: About): Promise<Diagnosis> {
  const { server, agents } = opened.entry;
  const report = opened.report();
  const offered = opened.tools.list();
  const { verdict, findings } = checkServer(server, policy, serverContext(server, io));
  const { shared, reason } = decideSharing(server);
  const { name = null, version = null, protocol = null } = report?.identity ?? {};
  const tools = report?.tools ?? [];
  return {
    server: server.name,
    agents,
    starts: startedBy(server),
    transport: server.transport.type,
    works: opened.failure() === null,
    startMs: opened.startMs(),
    identity: { name, version, protocol },
    sharing: { shared, reason },
    security: { verdict, findings: findings.map((finding) => `${finding.reason} (${finding.rule}). ${finding.next}`) },
    pin: await pinOf(server, io),
    lock: opened.failure() === null ? lock : null,
    tools: offered.length,
    setAside: report?.quarantined ?? [],
    kept: tools.filter((tool) => !offered.some((item) => item.tool === tool)),
    forms: DECLARATION_FORMS.map((form) => formReport(form, offered)),
    names: exposeNames(offered).entries.map(({ tool, name: exposed }) => ({ tool, name: exposed })),
    stderr: report?.stderr ?? "",
    junkLines: report?.junkLines ?? 0,
    breaker: report?.breaker.state ?? "closed",
    failure: opened.failure(),
    warnings: opened.warnings(),
  };
}

/** The command line or the address as it is written in the configuration. */
export function startedBy({ transport }: McpServerConfig): string {
  if (transport.type !== "stdio") return transport.url;
  return [transport.command, ...transport.args].map((word) => (/^[\w@%+=:,./\\-]+$/.test(word) ? word : JSON.stringify(word))).join(" ");
}

async function pinOf(server: McpServerConfig, io: Io): Promise<Diagnosis["pin"]> {
  const { packages } = packagesIn(server);
  if (server.transport.type !== "stdio") return { state: "remote", package: null };
  const found = await resolvedPackage(server, io);
  if (packages.length === 0) return { state: "local", package: found };
  return {
    state: packages.every(({ pinned }) => pinned) ? "pinned" : "unpinned",
    package: found ?? packages.map(({ text }) => text).join(", "),
  };
}

type Offered = ReturnType<OpenedServer["tools"]["list"]>;

function formReport(form: DeclarationForm, tools: Offered): FormReport {
  const declared = tools.map((tool) => ({ tool: tool.tool, name: tool.name, ...declare(form, tool) }));
  const characters = declared.reduce(
    (sum, { name, description, schema }) =>
      sum + JSON.stringify({ name, description, ...(schema === null ? {} : { parameters: schema }) }).length,
    0,
  );
  return {
    form,
    tokens: Math.ceil(characters / CHARACTERS_PER_TOKEN),
    notes: declared.flatMap(({ tool, notes }) => notes.map((note) => ({ tool, note }))),
  };
}
