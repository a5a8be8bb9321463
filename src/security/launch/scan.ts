// Reads a program's own options off its arguments, the way the program would, up to what it starts.
import type { Family } from "./families.ts";

export type Option = { readonly name: string; readonly value: string | null };
export type Scanned = { readonly options: readonly Option[]; readonly rest: readonly string[] };

/** Flags of Node that stand alone; any other unknown long option might take the next argument as its value. */
const FLAG =
  /^--(?:no-|experimental-|enable-|trace-|harmony|allow-|preserve-|use-|expose-|inspect|watch|abort|check|frozen|test|insecure|pending|prof|report-|track-|throw-|force-|interactive|version|help|v8-options|verify|zero-fill|jitless|permission|build-snapshot|completion|disable-|optimize|stack-size|max-)/;

/**
 * Invariant: an option is never overlooked because an unknown one before it was misread. Where that cannot be told, the
 * arguments after the doubtful one are read as options too.
 */
export function scanOptions(args: readonly string[], family: Family): Scanned {
  const options: Option[] = [];
  let doubtful: number | null = null;
  let index = 0;
  while (index < args.length) {
    const token = args[index] ?? "";
    if (token === "--") return { options, rest: args.slice(doubtful ?? index + 1) };
    if (token === "-" || token === "" || !isOption(token, family)) {
      const mayBeValue =
        family.kind === "interpreter" && isUnknownLong(options.at(-1), family) && index > 0 && args[index - 1]?.startsWith("--") === true;
      if (!mayBeValue) return { options, rest: args.slice(doubtful ?? index) };
      doubtful ??= index;
      index += 1;
      continue;
    }
    const read = readOption(token, args[index + 1], family);
    options.push(...read.options);
    index += read.used;
    if (read.options.some(({ name }) => family.last?.includes(name))) return { options, rest: args.slice(index) };
  }
  return { options, rest: doubtful === null ? [] : args.slice(doubtful) };
}

function isOption(token: string, family: Family): boolean {
  return (
    token.startsWith("-") ||
    (family.name === "shell" && /^\+[a-zA-Z]/.test(token)) ||
    (family.name === "java" && token.startsWith("@")) ||
    (family.name === "wsl" && token === "~")
  );
}

function isUnknownLong(option: Option | undefined, family: Family): boolean {
  return (
    option !== undefined &&
    option.value === null &&
    option.name.startsWith("--") &&
    !family.value.includes(option.name) &&
    !FLAG.test(option.name)
  );
}

type Read = { readonly options: readonly Option[]; readonly used: number };

function readOption(token: string, next: string | undefined, family: Family): Read {
  const takes = (name: string) => family.value.includes(name);
  if (token.startsWith("--")) {
    const equals = token.indexOf("=");
    const name = (equals < 0 ? token : token.slice(0, equals)).replaceAll("_", "-");
    if (equals >= 0) return { options: [{ name, value: token.slice(equals + 1) }], used: 1 };
    return takes(name) ? { options: [{ name, value: next ?? "" }], used: 2 } : { options: [{ name, value: null }], used: 1 };
  }
  if (takes(token)) return { options: [{ name: token, value: next ?? "" }], used: 2 };
  if (family.words === true || family.code?.includes(token) === true) return { options: [wholeWord(token, family)], used: 1 };
  return readBundle(token, next, takes);
}

/** `-javaagent:x.jar`, `-XX:OnError=…`: the known beginning is the name. */
function wholeWord(token: string, family: Family): Option {
  const known = [...(family.preload ?? []), ...(family.code ?? []), ...family.value].find(
    (name) => token.startsWith(`${name}:`) || token.startsWith(`${name}=`) || token.startsWith(`${name}/`),
  );
  return known === undefined ? { name: token, value: null } : { name: known, value: token.slice(known.length + 1) };
}

/** `-Bc code`, `-ecode`, `-lc`: letters one by one until one takes a value. */
function readBundle(token: string, next: string | undefined, takes: (name: string) => boolean): Read {
  const options: Option[] = [];
  for (let at = 1; at < token.length; at += 1) {
    const name = `${token.charAt(0)}${token.charAt(at)}`;
    const attached = token.slice(at + 1).replace(/^=/, "");
    if (!takes(name)) options.push({ name, value: null });
    else if (attached !== "") return { options: [...options, { name, value: attached }], used: 1 };
    else return { options: [...options, { name, value: next ?? "" }], used: 2 };
  }
  return { options, used: 1 };
}
