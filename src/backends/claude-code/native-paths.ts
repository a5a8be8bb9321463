// Which files a tool of Claude Code's own is about to touch, and why it may not. A shell cannot be followed: what its words name is judged, no more.
import type { FileAccess, FileUse } from "../../workspaces/contract.ts";

type Touched = { readonly path: string; readonly use: FileUse };

const READING = new Set(["Read", "NotebookRead", "Grep", "Glob", "LS"]);
const PATH_KEYS = ["file_path", "notebook_path", "path"] as const;

/** Null = nothing speaks against the call. Never rejects. */
export async function refusalOfNative(tool: string, input: unknown, access: FileAccess): Promise<string | null> {
  const fields = typeof input === "object" && input !== null ? (input as Readonly<Record<string, unknown>>) : {};
  for (const { path, use } of touchedBy(tool, fields)) {
    const reason = await access.refusal(path, use);
    if (reason !== null) return reason;
  }
  return null;
}

function touchedBy(tool: string, fields: Readonly<Record<string, unknown>>): readonly Touched[] {
  if (tool.startsWith("mcp__")) return [];
  if (tool === "Bash") return shellPaths(String(fields["command"] ?? ""));
  const use = READING.has(tool) ? "read" : "write";
  const named = PATH_KEYS.flatMap((key) => {
    const path = fields[key];
    return typeof path === "string" ? [{ path, use } as const] : [];
  });
  const base = typeof fields["path"] === "string" ? fields["path"] : ".";
  return tool === "Glob" ? [...named, { path: placeOfPattern(String(fields["pattern"] ?? ""), base), use }] : named;
}

/** Where a pattern begins to look; one that climbs is judged by all its climbing. */
function placeOfPattern(pattern: string, base: string): string {
  const fixed = pattern.replace(/[^/]*[*?[{].*$/s, "");
  if (/^[/~]/.test(pattern)) return fixed;
  const climbs = pattern.split("/").filter((part) => part === "..");
  return [base, ...climbs, ...(climbs.length === 0 ? [fixed] : [])].join("/");
}

/** Where programs lie: named in commands and not files of anybody. */
const PROGRAMS = /^\/(?:usr|bin|sbin|lib|lib64|nix|dev\/(?:null|stdin|stdout|stderr))(?:\/|$)/;

function shellPaths(command: string): readonly Touched[] {
  const words = command.split(/[\s;&|<>()"'`=,]+/);
  const paths = words.filter((word) => /^[/~]/.test(word) || /(?:^|\/)\.\.(?:\/|$)/.test(word) || /^\$\{?HOME/.test(word));
  return paths
    .filter((path) => path !== "/" && (path.includes("..") || !PROGRAMS.test(path)))
    .map((path) => ({ path: path.replace(/^\$\{?HOME\}?/, "~").replace(/[*?[{].*$/s, ""), use: "read" }));
}
