// Ranks tools for a search: BM25 over name, server, description and arguments, with the name counting most. Equal tools always come in the same order.
import { isRecord } from "../core/index.ts";
import type { OfferedTool } from "./contract.ts";
import { wordsOf } from "./tool-words.ts";

/** Saturation of repeated words, and how much long descriptions are held against a tool. */
const [K, B] = [1.2, 0.6];
const NAME_WEIGHT = 4;
const ARGUMENT_WEIGHT = 1.5;
/** A word that only begins like one of the tool's counts this much. */
const PREFIX_SHARE = 0.5;
const LEAST_PREFIX = 3;

type Entry = { readonly tool: OfferedTool; readonly counts: ReadonlyMap<string, number>; readonly length: number };

export class ToolRanking {
  readonly #entries: readonly Entry[];
  readonly #holders = new Map<string, number>();
  readonly #meanLength: number;

  constructor(tools: readonly OfferedTool[]) {
    this.#entries = tools.map(entryOf);
    for (const { counts } of this.#entries) for (const word of counts.keys()) this.#holders.set(word, (this.#holders.get(word) ?? 0) + 1);
    this.#meanLength = this.#entries.reduce((sum, { length }) => sum + length, 0) / Math.max(1, this.#entries.length);
  }

  /** The best first, none that has no word of the query; a tool whose exact name stands in the query comes before all others. */
  search(query: string): readonly OfferedTool[] {
    const words = [...new Set(wordsOf(query))];
    const named = new Set(query.match(/[A-Za-z0-9_.:-]+/g) ?? []);
    return this.#entries
      .map((entry) => ({ tool: entry.tool, score: isNamed(entry.tool, named) ? Infinity : this.#score(entry, words) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => (a.score === b.score ? compare(a.tool.name, b.tool.name) : b.score > a.score ? 1 : -1))
      .map(({ tool }) => tool);
  }

  #score(entry: Entry, words: readonly string[]): number {
    return words.reduce((sum, word) => sum + this.#scoreOf(entry, word), 0);
  }

  #scoreOf({ counts, length }: Entry, word: string): number {
    const found = counts.has(word) ? word : word.length < LEAST_PREFIX ? undefined : [...counts.keys()].find((own) => own.startsWith(word));
    if (found === undefined) return 0;
    const count = counts.get(found) ?? 0;
    const holders = this.#holders.get(found) ?? 0;
    const rarity = Math.log(1 + (this.#entries.length - holders + 0.5) / (holders + 0.5));
    const weight = (count * (K + 1)) / (count + K * (1 - B + (B * length) / this.#meanLength));
    return rarity * weight * (found === word ? 1 : PREFIX_SHARE);
  }
}

const isNamed = ({ name, tool }: OfferedTool, named: ReadonlySet<string>): boolean =>
  named.has(name) || (named.has(tool) && /[_-]/.test(tool));

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function entryOf(tool: OfferedTool): Entry {
  const counts = new Map<string, number>();
  let length = 0;
  const add = (text: string, weight: number): void => {
    for (const word of wordsOf(text)) {
      counts.set(word, (counts.get(word) ?? 0) + weight);
      length += weight;
    }
  };
  add(tool.tool, NAME_WEIGHT);
  add(tool.server, NAME_WEIGHT / 2);
  add(tool.description, 1);
  for (const { name, description } of argumentsOf(tool.inputSchema)) {
    add(name, ARGUMENT_WEIGHT);
    add(description, 1);
  }
  return { tool, counts, length };
}

function argumentsOf(schema: unknown): readonly { readonly name: string; readonly description: string }[] {
  const properties = isRecord(schema) && isRecord(schema["properties"]) ? schema["properties"] : {};
  return Object.entries(properties).map(([name, property]) => ({
    name,
    description: isRecord(property) && typeof property["description"] === "string" ? property["description"] : "",
  }));
}
