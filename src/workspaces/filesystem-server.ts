// Servers that work in folders they are given: which these are, which folders they were given, and how they are given others.
import { isRecord } from "../core/index.ts";
import { resolve } from "node:path";
import type { McpServerConfig } from "../config/types.ts";

const FILESYSTEM = /server-filesystem|mcp-filesystem/i;

export type FilesystemServer = {
  /** Index of the first argument that is a folder. */
  readonly from: number;
  /** As written. */
  readonly folders: readonly string[];
};

/** Null where the server is none, or is not started by us. */
export function filesystemServer({ transport }: McpServerConfig): FilesystemServer | null {
  if (transport.type !== "stdio") return null;
  const named = [transport.command, ...transport.args].findIndex((part) => FILESYSTEM.test(part));
  if (named < 0) return null;
  const from = named + transport.args.slice(named).findIndex((part) => !part.startsWith("-"));
  const first = from < named ? transport.args.length : from;
  return { from: first, folders: transport.args.slice(first) };
}

/** The folders as the server will understand them. */
export function foldersOf({ folders }: FilesystemServer, server: McpServerConfig, cwd: string): readonly string[] {
  const base = server.transport.type === "stdio" ? resolve(cwd, server.transport.cwd ?? ".") : cwd;
  return folders.map((folder) => resolve(base, folder));
}

/** The same server with other folders. One that has none written would ask for them; it is given them, so that no call comes before their answer. */
export function withFolders(server: McpServerConfig, found: FilesystemServer, folders: readonly string[]): McpServerConfig {
  const { transport } = server;
  if (transport.type !== "stdio") return server;
  return { ...server, transport: { ...transport, args: [...transport.args.slice(0, found.from), ...folders] } };
}

/** What a path is called wherever it stands. */
const PATH_KEY = /^(?:source|destination|files?|file_?names?|dir|directory|directories|folders?|uri|cwd|.*paths?)$/i;
/** What may be called so deeper inside (the parts of an edit) is mostly no path. */
const OUTER_PATH_KEY = /^(?:from|to|target|roots?)$/i;

/** The paths among a call's arguments, also those inside lists and mappings. `file:` addresses are paths too. */
export function pathsIn(input: unknown): readonly string[] {
  return isRecord(input) ? namedPaths(input, true) : [];
}

function namedPaths(input: object, outer: boolean): readonly string[] {
  return Object.entries(input).flatMap(([key, value]) => {
    const isPath = PATH_KEY.test(key) || (outer && OUTER_PATH_KEY.test(key));
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    return values.flatMap((each) => {
      if (typeof each === "string") return isPath ? [each] : [];
      return typeof each === "object" && each !== null ? namedPaths(each, false) : [];
    });
  });
}
