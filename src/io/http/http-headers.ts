// Headers as `fetch` has them, in a map: the platform's own class loads a whole HTTP client with its first use.

/** Names are compared in lower case and given in order; several values of one name are one, joined by commas, save for `set-cookie`. */
export class HttpHeaders implements Headers {
  readonly #values = new Map<string, string[]>();

  constructor(init: Iterable<readonly [string, string]> | Readonly<Record<string, string>> = []) {
    for (const [name, value] of Symbol.iterator in init ? init : Object.entries(init)) this.append(name, value);
  }

  /** Takes them in each form that `fetch` takes. */
  static from(init: RequestInit["headers"]): HttpHeaders {
    return new HttpHeaders((init ?? []) as ConstructorParameters<typeof HttpHeaders>[0]);
  }

  append(name: string, value: string): void {
    const key = name.toLowerCase();
    const values = this.#values.get(key);
    if (values === undefined) this.#values.set(key, [clean(value)]);
    else values.push(clean(value));
  }

  set(name: string, value: string): void {
    this.#values.set(name.toLowerCase(), [clean(value)]);
  }

  delete(name: string): void {
    this.#values.delete(name.toLowerCase());
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase());
  }

  get(name: string): string | null {
    return this.#values.get(name.toLowerCase())?.join(", ") ?? null;
  }

  getSetCookie(): string[] {
    return [...(this.#values.get("set-cookie") ?? [])];
  }

  forEach(visit: (value: string, name: string, headers: Headers) => void, self?: unknown): void {
    for (const [name, value] of this.entries()) visit.call(self, value, name, this);
  }

  *entries(): Generator<[string, string], undefined> {
    for (const [name, values] of [...this.#values].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (name === "set-cookie") for (const value of values) yield [name, value];
      else yield [name, values.join(", ")];
    }
  }

  *keys(): Generator<string, undefined> {
    for (const [name] of this.entries()) yield name;
  }

  *values(): Generator<string, undefined> {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator](): Generator<[string, string], undefined> {
    return this.entries();
  }
}

/** Blanks around a value are no part of it. Callers without types give numbers too. */
const clean = (value: string): string => String(value).replace(/^[\t\r\n ]+|[\t\r\n ]+$/g, "");
