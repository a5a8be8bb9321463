// Reads the server keys that only the MCP layer knows, each with its default; a value of the wrong type is a mistake of the entry.
import { isRecord, type Json } from "../core/index.ts";
import type { McpServerConfig } from "../config/types.ts";
import { MCPConfigurationError } from "./errors.ts";

/** A group of settings inside a server entry, e.g. `circuit_breaker`; an absent group is empty. */
export function settingsGroup(server: McpServerConfig, key: string): Readonly<Record<string, Json>> {
  const value = server.extra[key];
  if (value === undefined || value === null) return {};
  if (!isRecord(value)) throw wrong(server, key, "a group of settings");
  return value as Readonly<Record<string, Json>>;
}

/** A number of at least `least`; `fallback` where the key is absent. */
export function numberSetting(
  server: McpServerConfig,
  group: string,
  { key, fallback, least }: { readonly key: string; readonly fallback: number; readonly least: number },
): number {
  const value = settingsGroup(server, group)[key];
  if (value === undefined || value === null) return fallback;
  if (typeof value !== "number" || !Number.isFinite(value) || value < least)
    throw wrong(server, `${group}.${key}`, `a number of at least ${least}`);
  return value;
}

export function booleanSetting(
  server: McpServerConfig,
  group: string,
  { key, fallback }: { readonly key: string; readonly fallback: boolean },
): boolean {
  const value = settingsGroup(server, group)[key];
  if (value === undefined || value === null) return fallback;
  if (typeof value !== "boolean") throw wrong(server, `${group}.${key}`, "true or false");
  return value;
}

/** A number that is a key of the entry itself; null where it is absent. */
export function topLevelNumber(server: McpServerConfig, key: string, least: number): number | null {
  const value = server.extra[key];
  if (value === undefined || value === null) return null;
  if (typeof value !== "number" || !Number.isFinite(value) || value < least) throw wrong(server, key, `a number of at least ${least}`);
  return value;
}

function wrong(server: McpServerConfig, key: string, expected: string): MCPConfigurationError {
  return new MCPConfigurationError(`Server "${server.name}": \`${key}\` must be ${expected}.`, {
    configSection: server.name,
    missingKeys: [],
  });
}
