// Takes a command line apart into what is really started: the program, its options, and whatever it starts in turn.
import { type Family, familyOf } from "./families.ts";
import { type Option, scanOptions } from "./scan.ts";

export type Launch = {
  /** As it was written. */
  readonly command: string;
  /** Base name in lower case, without `.exe` and the like. */
  readonly program: string;
  readonly family: Family | null;
  /** `run` of `uv run`; null where the family has no commands of its own. */
  readonly subcommand: string | null;
  readonly options: readonly Option[];
  /** What follows the options: a script, a package, an image, and its arguments. */
  readonly rest: readonly string[];
  /** Environment this layer sets (`env NAME=value`). */
  readonly environment: Readonly<Record<string, string>>;
  /** All arguments as written. */
  readonly args: readonly string[];
  /** It starts something in turn that was not looked into, because there are too many layers. */
  readonly unread: boolean;
};

const MAX_LAYERS = 8;
/** What `cmd` would act upon; `%NAME%` is common and only puts a value in, so it may stand anywhere but in the program's place. */
const CMD_SIGNS = /[&|<>^!"\r\n]/;

/** The layers from the outside in. Pure; nothing is looked up. */
export function readLaunch(command: string, args: readonly string[]): readonly Launch[] {
  const layers: Launch[] = [];
  let next: readonly string[] | null = [command, ...args];
  while (next !== null && next[0] !== undefined && next[0] !== "" && layers.length < MAX_LAYERS) {
    const layer: Launch = readLayer(next[0], next.slice(1));
    layers.push(layer);
    next = nestedCommand(layer);
  }
  return next === null ? layers : layers.map((layer, index) => (index === MAX_LAYERS - 1 ? { ...layer, unread: true } : layer));
}

function readLayer(command: string, args: readonly string[]): Launch {
  const { program, family } = familyOf(command);
  const plain = { command, program, family, subcommand: null, options: [], rest: args, environment: {}, args, unread: false };
  if (family === null || family.kind === "container") return plain;
  if (family.name === "cmd") return readCmd(plain);
  if (family.name === "powershell") return readPowershell(plain, family);
  const scanned = scanOptions(args, family);
  if (family.name === "env") return { ...plain, options: scanned.options, ...takeAssignments(scanned.rest) };
  if (family.starts === undefined) return { ...plain, ...scanned };
  return readSubcommand({ ...plain, ...scanned }, family);
}

function readSubcommand(layer: Launch, family: Family): Launch {
  const [first, second, ...others] = layer.rest;
  if (first === undefined) return layer;
  const joined = `${first} ${second ?? ""}`;
  const two = family.starts?.includes(joined) === true;
  const one = [...(family.starts ?? []), ...(family.codeCommands ?? []), ...(family.fetches ?? [])].includes(first);
  if (!two && !one) return { ...layer, subcommand: first, rest: layer.rest.slice(1) };
  const inner = scanOptions(two ? others : layer.rest.slice(1), family);
  return { ...layer, subcommand: two ? joined : first, options: [...layer.options, ...inner.options], rest: inner.rest };
}

function takeAssignments(rest: readonly string[]): { environment: Record<string, string>; rest: readonly string[] } {
  const end = rest.findIndex((word) => !/^[A-Za-z_][A-Za-z0-9_]*=/.test(word));
  const assignments = end < 0 ? rest : rest.slice(0, end);
  return {
    environment: Object.fromEntries(assignments.map((word) => [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)])),
    rest: end < 0 ? [] : rest.slice(end),
  };
}

/** `/c`, also behind other switches in the same word: `/q/c`. */
const RUNS = /^(?:\/[^/\s]+)*?\/[ckr]/i;

/** `/c program …` is a wrapper as long as nothing in it means anything to cmd; then it is code. Without it cmd reads its input. */
function readCmd(plain: Launch): Launch {
  const at = plain.args.findIndex((word) => RUNS.test(word));
  if (at < 0) return { ...plain, rest: [] };
  const attached = (plain.args[at] ?? "").replace(RUNS, "");
  const words = [...(attached === "" ? [] : [attached]), ...plain.args.slice(at + 1)];
  const [first = ""] = words;
  const split = words.length === 1 && !/^[^\s].*\.(?:bat|cmd|exe)$/i.test(first) ? first.trim().split(/\s+/) : words;
  const isCode = words.some((word) => CMD_SIGNS.test(word)) || split[0]?.includes("%") === true;
  return { ...plain, options: isCode ? [{ name: "/c", value: words.join(" ") }] : [], subcommand: "/c", rest: isCode ? [] : split };
}

/** Any beginning of `-Command` and `-EncodedCommand` is taken for it; a bare word is a command too, unless it is a script. */
function readPowershell(plain: Launch, family: Family): Launch {
  const options: Option[] = [];
  for (let index = 0; index < plain.args.length; index += 1) {
    const word = (plain.args[index] ?? "").replace(/^[/\u2013\u2014\u2015]/, "-");
    const name = word.toLowerCase().replace(/:.*$/, "");
    if (!word.startsWith("-")) {
      const script = /\.ps1$/i.test(word);
      return {
        ...plain,
        options: script ? options : [...options, { name: "-command", value: word }],
        rest: script ? plain.args.slice(index) : [],
      };
    }
    if (/^-(?:c|co.*|e|ec|en.*|-)$/.test(name))
      return { ...plain, options: [...options, { name: "-command", value: plain.args.slice(index + 1).join(" ") }], rest: [] };
    if (/^-f(?:i.*)?$/.test(name)) return { ...plain, options, rest: plain.args.slice(index + 1) };
    options.push({ name, value: family.value.includes(name) ? (plain.args[index + 1] ?? "") : null });
    if (family.value.includes(name)) index += 1;
  }
  return { ...plain, options, rest: [] };
}

function nestedCommand(layer: Launch): readonly string[] | null {
  const { family, subcommand, rest } = layer;
  if (family?.name === "cmd") return subcommand === "/c" && rest.length > 0 ? rest : null;
  if (family?.wraps?.includes(subcommand ?? "") !== true || rest.length === 0) return null;
  if (
    family.name === "uv" &&
    (layer.options.some(({ name }) => ["-m", "--module", "-s", "--script"].includes(name)) || isScript(rest[0] ?? ""))
  )
    return null;
  if (family.own === "to-dashes") {
    const dashes = layer.args.indexOf("--");
    return dashes < 0 ? rest : layer.args.slice(dashes + 1);
  }
  const inner = rest.slice((family.own ?? 0) + (family.name === "dotenv" && rest[0] === "run" ? 1 : 0));
  return inner[0] === "--" ? inner.slice(1) : inner;
}

/** What `uv run` takes for a script of its own: files, addresses, standard input. */
function isScript(word: string): boolean {
  return /\.pyw?$/i.test(word) || /^https?:/i.test(word) || word === "-";
}
