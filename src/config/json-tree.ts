// From JSON to a tree with places, without the YAML library: as long as a run's configuration is JSON, nothing of it is loaded.
import { MAX_DEPTH } from "./limits.ts";
import { inside, itemOf, report, ROOT, type Place, type Reading } from "./reading.ts";
import type { Entry, Mark, Tree } from "./tree.ts";
import { reportTwice, TOO_DEEP } from "./yaml-tree.ts";

/** Keys and values a file may have; a configuration of a hundred agents has some thousand. */
const MAX_PARTS = 30_000;
const BLANKS = /[ \t\r\n]*/y;
const TEXT = /"[^"\\]*(?:\\.[^"\\]*)*"/y;
const WORD = /[-+.\w]+/y;

/** `text` must be JSON. Null after a problem was reported that makes the rest meaningless. */
export function jsonTree(text: string, reading: Reading): Tree | null {
  const reader = new JsonReader(text, reading);
  const tree = reader.value(ROOT, 0);
  return reader.stopped ? null : tree;
}

class JsonReader {
  readonly #text: string;
  readonly #reading: Reading;
  #at = 0;
  #line = 1;
  #lineStart = 0;
  #parts = 0;
  stopped = false;

  constructor(text: string, reading: Reading) {
    this.#text = text;
    this.#reading = reading;
  }

  value(place: Place, depth: number): Tree {
    const mark = this.#next();
    const first = this.#text[this.#at];
    if (depth > MAX_DEPTH) return this.#stop({ place, mark }, TOO_DEEP);
    if (first === "{") return { kind: "mapping", entries: this.#entries(place, depth), mark };
    if (first === "[") return { kind: "list", items: this.#items(place, depth), mark };
    const source = first === '"' ? this.#string() : this.#take(WORD);
    const value = first === '"' ? source : (JSON.parse(source) as number | boolean | null);
    return { kind: "scalar", value, source, quoted: first === '"', mark };
  }

  #entries(place: Place, depth: number): readonly Entry[] {
    const entries = new Map<string, Entry>();
    this.#each("}", () => {
      const mark = this.#next();
      const key = this.#string();
      this.#next();
      this.#at += 1; // The colon.
      const entry = { key, mark, value: this.value(inside(place, key), depth + 1) };
      const first = entries.get(key);
      if (first === undefined) entries.set(key, entry);
      else reportTwice(entry, first.mark, { place, reading: this.#reading });
    });
    return [...entries.values()];
  }

  #items(place: Place, depth: number): readonly Tree[] {
    const items: Tree[] = [];
    this.#each("]", () => void items.push(this.value(itemOf(place, items.length), depth + 1)));
    return items;
  }

  /** Reads what stands between this bracket and its partner `end`, one `item` after the other. */
  #each(end: string, item: () => void): void {
    this.#at += 1;
    this.#next();
    while (!this.stopped && this.#text[this.#at] !== end) {
      item();
      this.#next();
      if (this.#text[this.#at] === ",") this.#at += 1;
    }
    this.#at += 1;
  }

  #string(): string {
    return JSON.parse(this.#take(TEXT)) as string;
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const [found = ""] = pattern.exec(this.#text) ?? [];
    if (++this.#parts > MAX_PARTS)
      this.#stop(
        { place: ROOT, mark: this.#mark() },
        { code: "too-many", message: "The file has more parts than any configuration needs" },
      );
    this.#at += found.length;
    return found;
  }

  /** Goes to the next character that is not blank and says where that is. JSON has line ends only in blanks. */
  #next(): Mark {
    BLANKS.lastIndex = this.#at;
    const blanks = BLANKS.exec(this.#text)?.[0] ?? "";
    for (let end = blanks.indexOf("\n"); end !== -1; end = blanks.indexOf("\n", end + 1)) {
      this.#line += 1;
      this.#lineStart = this.#at + end + 1;
    }
    this.#at += blanks.length;
    return this.#mark();
  }

  #mark(): Mark {
    return { line: this.#line, column: this.#at - this.#lineStart + 1 };
  }

  #stop(at: { readonly place: Place; readonly mark: Mark }, finding: typeof TOO_DEEP): Tree {
    if (!this.stopped) report(this.#reading, at, finding);
    this.stopped = true;
    return { kind: "scalar", value: null, source: "", quoted: false, mark: null };
  }
}
