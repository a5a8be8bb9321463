// Requests and tokens of the last minute, against the limits of the configuration.

export type RateLimits = {
  /** Requests per minute; null = no limit. */
  readonly rpm: number | null;
  /** Input tokens per minute, estimated before the request; null = no limit. */
  readonly tpm: number | null;
};

const WINDOW_MS = 60_000;

const stricter = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : Math.min(a, b));

export class RateWindow {
  #limits: RateLimits;
  #past: { readonly at: number; readonly tokens: number }[] = [];

  constructor(limits: RateLimits) {
    this.#limits = limits;
  }

  /** From now on the stricter of each of both limits is kept. */
  tighten({ rpm, tpm }: RateLimits): void {
    this.#limits = { rpm: stricter(this.#limits.rpm, rpm), tpm: stricter(this.#limits.tpm, tpm) };
  }

  get countsTokens(): boolean {
    return this.#limits.tpm !== null;
  }

  /** Milliseconds until a request of `tokens` fits; 0 = now. One that is larger than the whole limit fits into an empty minute. */
  waitFor(tokens: number, now: number): number {
    const { rpm, tpm } = this.#limits;
    if (rpm === null && tpm === null) return 0;
    this.#past = this.#past.filter(({ at }) => at > now - WINDOW_MS);
    let requests = this.#past.length;
    let sum = this.#past.reduce((total, one) => total + one.tokens, 0);
    for (const one of this.#past) {
      if ((rpm === null || requests < rpm) && (tpm === null || sum + tokens <= tpm)) break;
      requests -= 1;
      sum -= one.tokens;
      if ((rpm === null || requests < rpm) && (tpm === null || sum + tokens <= tpm || requests === 0)) return one.at + WINDOW_MS - now;
    }
    return 0;
  }

  note(tokens: number, now: number): void {
    if (this.#limits.rpm !== null || this.#limits.tpm !== null) this.#past.push({ at: now, tokens });
  }
}
