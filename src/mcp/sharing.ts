// Whether agents may share one process of a server. Wrong sharing loses or mixes data silently, so the known cases stand here with their reasons.
import type { McpServerConfig } from "../config/types.ts";

export type SharingClass = "session-state" | "workspace" | "remote" | "ordinary";
export type SharingDecision = {
  readonly shared: boolean;
  readonly kind: SharingClass;
  /** For people: `massgen mcp list` prints it. */
  readonly reason: string;
  /** Why it is of that kind, whatever the entry says. */
  readonly why: string;
};

type Row = { readonly pattern: RegExp; readonly kind: "session-state" | "workspace"; readonly reason: string };

/** Matched against each part of what is started (`nameParts`), so that "community" is not taken for "unity". */
const KNOWN: readonly Row[] = [
  { pattern: /\bsequential ?thinking\b/, kind: "session-state", reason: "it keeps the history of one train of thought in its process" },
  { pattern: /\b(?:playwright|puppeteer)\b/, kind: "session-state", reason: "it drives one browser page" },
  {
    pattern: /\b(?:chrome devtools|browser ?mcp|browser ?use|browserbase|selenium)\b/,
    kind: "session-state",
    reason: "it drives one browser",
  },
  { pattern: /\bmobile mcp\b|\bappium\b/, kind: "session-state", reason: "it drives one device" },
  { pattern: /\b(?:server|mcp) everything\b/, kind: "session-state", reason: "it keeps subscriptions and log levels per session" },
  {
    pattern: /\bdesktop commander\b|\b(?:i?term|terminal|shell) ?mcp\b|\bmcp (?:server )?(?:terminal|shell)\b/,
    kind: "session-state",
    reason: "it keeps running shells",
  },
  {
    pattern: /\b(?:blender|unity) mcp\b|\bmcp (?:server )?(?:blender|unity)\b|\bfigma console\b/,
    kind: "session-state",
    reason: "it edits one open document",
  },
  {
    pattern: /\b(?:server|mcp) filesystem\b|\bfilesystem (?:server|mcp)\b/,
    kind: "workspace",
    reason: "it works in a folder that belongs to one agent",
  },
  {
    pattern: /^(?:mcp )?server git$|^mcp git$|^git mcp(?: server)?$/,
    kind: "workspace",
    reason: "it works in a checkout that belongs to one agent",
  },
  { pattern: /\b(?:serena|language server|lsp mcp|mcp lsp)\b/, kind: "workspace", reason: "it indexes a folder that belongs to one agent" },
];

/** The parts of a path, package, image or module as plain words: `/opt/mcp_server_git@1.2` has "opt" and "mcp server git". */
function nameParts(text: string): readonly string[] {
  return text
    .toLowerCase()
    .replace(/^(?:docker\.io\/)?mcp\//, "mcp-") // An image of the catalogue: `mcp/git`.
    .split(/[\\/]/)
    .map((part) =>
      part
        .replace(/(?<=.)(?:@|[=~<>!]=|:).*$/, "")
        .replace(/\.(?:git|[cm]?[jt]s|py|exe|cmd)$/, "")
        .replace(/[^a-z0-9]+/g, " ")
        .trim(),
    );
}

/** `shared: true|false` of the entry wins; `auto` shares what is not known to be bound to one agent. */
export function decideSharing(server: McpServerConfig): SharingDecision {
  const found = classify(server);
  const known = { ...found, why: found.reason };
  if (server.shared === true)
    return {
      ...known,
      shared: true,
      reason: `shared: true is set${known.kind === "session-state" || known.kind === "workspace" ? `, although ${known.reason}` : ""}`,
    };
  if (server.shared === false) return { ...known, shared: false, reason: "shared: false is set" };
  return { ...known, shared: known.kind === "ordinary" || known.kind === "remote" };
}

function classify({ transport }: McpServerConfig): { kind: SharingClass; reason: string } {
  if (transport.type !== "stdio") return { kind: "remote", reason: "equal connections to a remote server can be shared" };
  const parts = [transport.command, ...transport.args].flatMap(nameParts);
  for (const { pattern, kind, reason } of KNOWN) if (parts.some((part) => pattern.test(part))) return { kind, reason };
  if (transport.args.some((argument) => /^(?:--?[\w-]+=)?\.\/?$/.test(argument)))
    return { kind: "workspace", reason: "its arguments name the working folder" };
  return { kind: "ordinary", reason: "equal entries share one process; calls that may write run alone" };
}
