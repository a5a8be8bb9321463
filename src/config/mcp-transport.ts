// How a server is reached: a command that is started, or an address, and the rules between the keys of both.
import type { ServerValues } from "./mcp-server-fields.ts";
import { inside, report, type Place, type Reading } from "./reading.ts";
import { splitCommand } from "./split-command.ts";
import { childOf, type Entry, type Tree } from "./tree.ts";
import type { McpServerConfig } from "./types.ts";
import { checkUrl } from "./urls.ts";

/** `http` and `streamable_http` are what other programs call streamable-http. */
export function translateType(tree: Tree, place: Place, reading: Reading): Tree {
  const type = childOf(tree, "type");
  if (tree.kind !== "mapping" || type?.kind !== "scalar" || typeof type.value !== "string") return tree;
  const written = type.value;
  if (!["http", "streamable_http", "streamableHttp", "streamablehttp"].includes(written)) return tree;
  report(
    reading,
    { place: inside(place, "type"), mark: type.mark },
    {
      code: "former-name",
      message: `\`type: ${written}\` is read as \`type: streamable-http\``,
      severity: "warning",
    },
  );
  return {
    ...tree,
    entries: tree.entries.map((entry) => (entry.key === "type" ? { ...entry, value: { ...type, value: "streamable-http" } } : entry)),
  };
}

type At = { readonly tree: Tree; readonly place: Place };

/** The transport; null after a problem was reported. */
export function transportOf(values: ServerValues, at: At, reading: Reading): McpServerConfig["transport"] | null {
  const where = { place: at.place, mark: at.tree.mark };
  const given = (key: string): boolean => childOf(at.tree, key) !== null;
  if (given("type") && values.type === null) return null;
  if (values.type === null && given("url") && given("command")) {
    report(reading, where, {
      code: "contradiction",
      message: "The server has a `command` and a `url`, and no `type` that says which one is meant",
      expected: "type: stdio, or type: streamable-http",
    });
    return null;
  }
  const type = values.type ?? (given("url") ? "streamable-http" : "stdio");
  warnUnused(type, at, reading);
  if (type === "stdio") return stdioOf(values, { ...at, given: given("command") }, reading);
  if (values.url === null) {
    if (!given("url")) report(reading, where, { code: "missing-key", message: `A server of type ${type} needs a \`url\`` });
    return null;
  }
  const urlNode = childOf(at.tree, "url");
  if (!checkUrl(values.url, { place: inside(at.place, "url"), mark: urlNode?.mark ?? at.tree.mark }, reading)) return null;
  return {
    type,
    url: values.url,
    headers: values.headers,
    timeoutMs: milliseconds(values.timeout),
    readTimeoutMs: milliseconds(values.http_read_timeout),
  };
}

const milliseconds = (value: number | null): number | null => (value === null ? null : Math.round(value * 1000));

const STDIO_ONLY = ["command", "args", "env", "cwd", "max_processes"];
const HTTP_ONLY = ["url", "headers", "timeout", "http_read_timeout"];

/** What bounds a server that is a process, for those who look for the time limits of an address. */
const INSTEAD: Readonly<Record<string, string>> = {
  timeout: "; `connect_timeout` and `call_timeout` bound it",
  http_read_timeout: "; `connect_timeout` and `call_timeout` bound it",
};

function warnUnused(type: string, { tree, place }: At, reading: Reading): void {
  if (tree.kind !== "mapping") return;
  const unused = type === "stdio" ? HTTP_ONLY : STDIO_ONLY;
  for (const entry of tree.entries.filter((each) => unused.includes(each.key) && !namesVariables(each))) {
    report(
      reading,
      { place: inside(place, entry.key), mark: entry.mark },
      {
        code: "ignored-key",
        message: `\`${entry.key}\` has no effect for a server of type ${type}${INSTEAD[entry.key] ?? ""}`,
        severity: "warning",
      },
    );
  }
}

/** An `env` whose values are `${NAME}` says for an address, too, which variables it may refer to. */
function namesVariables({ key, value }: Entry): boolean {
  if (key !== "env" || value.kind !== "mapping") return false;
  return value.entries.every((each) => each.value.kind === "scalar" && /^\$\{[^}]+\}$/u.test(String(each.value.value)));
}

function stdioOf(values: ServerValues, at: At & { readonly given: boolean }, reading: Reading): McpServerConfig["transport"] | null {
  const node = childOf(at.tree, "command");
  const where = { place: node === null ? at.place : inside(at.place, "command"), mark: node?.mark ?? at.tree.mark };
  const fail = (code: string, message: string): null => {
    report(reading, where, { code, message });
    return null;
  };
  if (!at.given || node === null) return fail("missing-key", "A server of type stdio needs a `command` (arguments alone start nothing)");
  if (values.command === null) return null;
  const words = node.kind === "scalar" ? splitCommand(values.command[0] ?? "") : values.command;
  if (words === null) return fail("wrong-type", "A quote in `command` is not closed");
  const [command, ...first] = words;
  if (command === undefined || command.trim() === "") return fail("missing-key", "`command` is empty");
  return { type: "stdio", command, args: [...first, ...values.args], env: values.env, cwd: values.cwd };
}
