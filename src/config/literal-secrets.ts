// Secrets that stand in a server's arguments or address as they are: nobody should write them there, and many do.
import { isSensitive, mayBeKey } from "./reading.ts";
import type { McpServerConfig } from "./types.ts";

/** `--token=VALUE`, `TOKEN=VALUE`, `Authorization: Bearer VALUE`. */
const NAMED = /^-{0,2}([A-Za-z][\w-]*)\s*[=:]\s*(?:(?:Bearer|Basic|Token)\s+)?(\S+)$/i;
const FLAG = /^--?([A-Za-z][\w-]*)$/;

/** Words, paths and addresses that follow such a name must stay readable. */
const isSecret = (value: string): boolean => mayBeKey(value) && !/[/\\]/.test(value);

/** The values that follow a name which speaks of secrets. */
export function literalSecrets(transport: McpServerConfig["transport"]): readonly string[] {
  const found = transport.type === "stdio" ? inArguments(transport.args) : inAddress(transport.url);
  return found.filter(isSecret);
}

function inArguments(args: readonly string[]): readonly string[] {
  return args.flatMap((argument, index) => {
    const [, name, value] = NAMED.exec(argument) ?? [];
    if (name !== undefined && value !== undefined) return isSensitive(name) ? [value] : [];
    const flag = FLAG.exec(args[index - 1] ?? "")?.[1];
    return flag !== undefined && isSensitive(flag) ? [argument] : [];
  });
}

function inAddress(url: string): readonly string[] {
  if (!URL.canParse(url)) return [];
  const { searchParams, password } = new URL(url);
  return [...[...searchParams].flatMap(([name, value]) => (isSensitive(name) ? [value] : [])), password];
}
