// Servers that work in folders they are given: which these are, which folders they were given, and how they are given others.
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

const PATH_KEY =
  /^(?:paths?|source|destination|from|to|target|files?|filenames?|file_?names?|dir|directory|directories|folders?|root|roots|uri|cwd|.*_?paths?)$/i;

/** The paths among a call's arguments. `file:` addresses are paths too. */
export function pathsIn(input: unknown): readonly string[] {
  if (typeof input !== "object" || input === null || Array.isArray(input)) return [];
  return Object.entries(input).flatMap(([key, value]) => {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    return PATH_KEY.test(key) ? values.filter((each) => typeof each === "string") : [];
  });
}
