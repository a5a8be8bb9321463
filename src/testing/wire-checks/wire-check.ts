// What a provider would refuse in our requests, as rules a replay server can apply. One checker per conversation: it remembers what was replied.
import type { ReplayReply, ReplayRequest } from "../replay-types.ts";

export type WireCheck = {
  /** Problems of a request, in words. */
  request(request: ReplayRequest): readonly string[];
  /** Told of every reply before it is sent. */
  reply(reply: ReplayReply): void;
};

export type Bag = Readonly<Record<string, unknown>>;

export const bagOf = (value: unknown): Bag => (typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Bag) : {});
export const bagsOf = (value: unknown): readonly Bag[] => (Array.isArray(value) ? value.map(bagOf) : []);

/** Every JSON value of a reply: the events of a stream, or the body itself. Broken pieces are skipped, they are there on purpose. */
export function valuesOf({ body }: ReplayReply): readonly unknown[] {
  const text = typeof body === "string" ? body : Buffer.from(body).toString("utf8");
  const events = text.split(/\r?\n/).flatMap((line) => (line.startsWith("data:") ? [line.slice(5)] : []));
  return (events.length > 0 ? events : [text]).flatMap((json) => {
    try {
      return [JSON.parse(json) as unknown];
    } catch {
      return [];
    }
  });
}

/** Keys of `bag` that are not in `known`. */
export function unknownKeys(bag: Bag, known: ReadonlySet<string>, where: string): string[] {
  return Object.keys(bag)
    .filter((key) => !known.has(key))
    .map((key) => `unknown key ${where}.${key}`);
}

const NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;

/** The rules for names that all providers share. */
export function nameProblems(names: readonly string[]): string[] {
  const twice = names.filter((name, index) => names.indexOf(name) !== index).map((name) => `two tools are named ${name}`);
  return [...twice, ...names.filter((name) => !NAME.test(name)).map((name) => `bad tool name ${JSON.stringify(name)}`)];
}

/** Complaints unless `results` answers every one of `calls` exactly once. */
export function pairProblems(calls: readonly string[], results: readonly string[], where: string): string[] {
  const missing = calls.filter((id) => !results.includes(id)).map((id) => `${where}: no result for call ${id}`);
  const extra = results.filter((id) => !calls.includes(id)).map((id) => `${where}: a result for unknown call ${id}`);
  const twice = results.filter((id, index) => results.indexOf(id) !== index).map((id) => `${where}: two results for call ${id}`);
  return [...missing, ...extra, ...twice];
}
