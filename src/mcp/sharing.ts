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

/** Matched against the command and each argument of a stdio server. */
const KNOWN: readonly Row[] = [
  { pattern: /sequential-?thinking/i, kind: "session-state", reason: "it keeps the history of one train of thought in its process" },
  { pattern: /playwright/i, kind: "session-state", reason: "it drives one browser page" },
  { pattern: /puppeteer/i, kind: "session-state", reason: "it drives one browser page" },
  { pattern: /chrome-devtools|browser-?mcp|browser-?use|browserbase|selenium/i, kind: "session-state", reason: "it drives one browser" },
  { pattern: /mobile-mcp|appium/i, kind: "session-state", reason: "it drives one device" },
  { pattern: /server-everything/i, kind: "session-state", reason: "it keeps subscriptions and log levels per session" },
  { pattern: /desktop-commander|terminal|shell-?mcp|mcp-shell/i, kind: "session-state", reason: "it keeps running shells" },
  { pattern: /blender|unity|figma-console/i, kind: "session-state", reason: "it edits one open document" },
  { pattern: /server-filesystem|mcp-filesystem/i, kind: "workspace", reason: "it works in a folder that belongs to one agent" },
  { pattern: /(?:^|[/@])(?:mcp-)?server-git(?:@|$|==)/i, kind: "workspace", reason: "it works in a checkout that belongs to one agent" },
  { pattern: /serena|language-server|lsp-mcp/i, kind: "workspace", reason: "it indexes a folder that belongs to one agent" },
];

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
  for (const { pattern, kind, reason } of KNOWN) {
    if ([transport.command, ...transport.args].some((part) => pattern.test(part))) return { kind, reason };
  }
  if (transport.args.includes(".")) return { kind: "workspace", reason: "its arguments name the working folder" };
  return { kind: "ordinary", reason: "equal entries share one process; calls that may write run alone" };
}
