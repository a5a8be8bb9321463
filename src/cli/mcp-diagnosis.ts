// A doctor's findings about each server, and what they come to for each agent, as lines of text.
import { plural } from "../displays/index.ts";
import { neutraliseLine } from "../security/index.ts";
import type { Diagnosis } from "../session/index.ts";

const NOTES_SHOWN = 6;

/** `team` is the number of agents of the configuration: with one, it goes without saying whose the server is. */
export function diagnosisLines(found: Diagnosis, team: number): readonly string[] {
  return [
    headLine(found),
    ...row("starts", found.starts),
    ...(team > 1 ? row("for", found.agents.join(", ")) : []),
    ...row("sharing", `${found.sharing.shared ? "shared" : "one per agent"}: ${found.sharing.reason}`),
    ...row(
      "security",
      found.security.findings.length === 0
        ? "allowed, no rule speaks against it"
        : `${VERDICTS[found.security.verdict]}: ${found.security.findings.join("; ")}`,
    ),
    ...(found.works || found.pin.package !== null ? row("pinned", pinText(found)) : []),
    ...(found.works ? workingLines(found) : failureLines(found)),
    ...(found.breaker === "closed" ? [] : row("breaker", `${found.breaker}: it failed repeatedly, now or in earlier runs`)),
    ...(found.junkLines === 0
      ? []
      : row(
          "stdout",
          `${plural(found.junkLines, "line")} that ${found.junkLines === 1 ? "is" : "are"} no protocol message; servers must log to standard error`,
        )),
    ...block("warnings", found.warnings.join("\n")),
    ...block("stderr", found.stderr),
  ];
}

/** What works, what each agent carries in every request, and what holds for all servers. `team` is each agent with the most tools it is given at a time. */
export function summaryLines(found: readonly Diagnosis[], team: ReadonlyMap<string, number>): readonly string[] {
  if (found.length === 0) return ["This configuration names no MCP server."];
  const failed = found.filter(({ works }) => !works);
  // Two agents may mean different entries by one name.
  const nameOf = ({ server, agents }: Diagnosis): string =>
    found.filter((other) => other.server === server).length > 1 ? `${server} (${agents.join(", ")})` : server;
  return [
    `${found.length - failed.length} of ${plural(found.length, "server")} ${found.length === 1 ? "works" : "work"}${failed.length === 0 ? "" : `; not ${failed.map(nameOf).join(", ")}`}.`,
    ...[...team].flatMap(([agent, limit]) => carriedBy({ agent, limit }, found)),
    ...(found.every(({ lock }) => lock === null)
      ? ["There is no mcp.lock; `massgen mcp lock` writes one, and changed tools are noticed from then on."]
      : []),
    "Tokens are estimates: characters of the declarations divided by 4.",
  ];
}

function carriedBy({ agent, limit }: { readonly agent: string; readonly limit: number }, found: readonly Diagnosis[]): readonly string[] {
  const own = found.filter(({ agents, works }) => works && agents.includes(agent));
  if (own.length === 0) return [];
  const tools = own.reduce((sum, server) => sum + server.tools, 0);
  const totals = (own[0]?.forms ?? []).map((_, at) => own.reduce((sum, { forms }) => sum + (forms[at]?.tokens ?? 0), 0));
  const [least, most] = [Math.min(...totals), Math.max(...totals)];
  const tokens = least === most ? `${most}` : `${least} to ${most}`;
  const more = tools > limit ? ` More than the ${limit} it is given at a time: it finds the others by searching.` : "";
  return [
    `${agent}: ${plural(tools, "tool")} of ${plural(own.length, "server")}, ${tokens} tokens in every request, depending on the provider.${more}`,
  ];
}

const VERDICTS = { allow: "allowed", warn: "allowed, but", deny: "REFUSED" } as const;

function headLine({ server, works, startMs, identity: { name, version, protocol }, transport }: Diagnosis): string {
  if (!works) return `${server}: DOES NOT WORK (${transport})`;
  const self = [name, version].filter((part) => part !== null).join(" ");
  return `${server}: ready in ${Math.round(startMs ?? 0)} ms (${transport}, protocol ${protocol ?? "unknown"}${self === "" ? "" : `, ${neutraliseLine(self, 80)}`})`;
}

function workingLines(found: Diagnosis): readonly string[] {
  const { tools, setAside, kept, forms } = found;
  return [
    ...row(
      "tools",
      `${tools} offered${kept.length === 0 ? "" : `, ${kept.length} kept back by allowed_tools or exclude_tools`}${setAside.length === 0 ? "" : `, ${setAside.length} set aside`}`,
    ),
    ...setAside.flatMap(({ tool, reason }) => row("", `set aside: ${tool}: ${reason}`)),
    ...row("tokens", forms.map(({ form, tokens }) => `${form} ${tokens}`).join(" · ")),
    ...block("limits", limitLines(forms).join("\n")),
    ...block("names", namesLines(found).join("\n")),
    ...(found.lock === null ? [] : row("lock", lockText(found.lock))),
  ];
}

const failureLines = ({ failure }: Diagnosis): readonly string[] =>
  failure === null ? [] : [...block("failure", failure.message), ...row("next", failure.next)];

function pinText({ pin: { state, package: found } }: Diagnosis): string {
  if (state === "remote") return "a remote server runs what its owner deploys";
  if (state === "local")
    return found === null ? "a program of this machine; its version could not be found out" : `a program of this machine, ${found}`;
  return state === "pinned" ? `yes, ${found ?? ""}` : `NO, ${found ?? "the package"} may be other code at each start`;
}

/** What cannot be said, once for all the forms that cannot say it. */
function limitLines(forms: Diagnosis["forms"]): readonly string[] {
  const remarks = new Map<string, string[]>();
  for (const { form, notes } of forms) {
    for (const { tool, note } of notes) remarks.set(`${tool} ${note}`, [...(remarks.get(`${tool} ${note}`) ?? []), form]);
  }
  const lines = [...remarks].map(([remark, who]) => `${who.length === forms.length ? "all forms" : who.join(", ")}: ${remark}`);
  const more = lines.length - NOTES_SHOWN;
  return more > 0 ? [...lines.slice(0, NOTES_SHOWN), `… and ${more} more (--json shows all)`] : lines;
}

const isOrdinary = (server: string, { tool, name }: Diagnosis["names"][number]): boolean => name === `mcp__${server}__${tool}`;
const oddNames = ({ server, names }: Diagnosis): Diagnosis["names"] => names.filter((entry) => !isOrdinary(server, entry));

function namesLines(found: Diagnosis): readonly string[] {
  if (found.names.length === 0) return ["no tool, no name"];
  const odd = oddNames(found);
  const ordinary =
    odd.length === found.names.length ? [] : [`mcp__${found.server}__<tool>${odd.length === 0 ? "" : ", except those that do not fit:"}`];
  return [...ordinary, ...odd.map(({ tool, name }) => `${name} = ${tool}`)];
}

function lockText(lock: readonly string[]): string {
  return lock.length === 0 ? "as mcp.lock has it" : `DIFFERS from mcp.lock: ${lock.join(" ")}`;
}

const WIDTH = 10;
const row = (head: string, text: string): readonly string[] => [`  ${head.padEnd(WIDTH)}${neutraliseLine(text, 600)}`];

function block(head: string, text: string): readonly string[] {
  if (text.trim() === "") return [];
  return text
    .trimEnd()
    .split("\n")
    .map((line, at) => `  ${(at === 0 ? head : "").padEnd(WIDTH)}${neutraliseLine(line, 300)}`);
}
