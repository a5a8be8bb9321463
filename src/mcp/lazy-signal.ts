// A signal that is made where somebody asks for it: few calls are asked anything by their server, and each signal, and the abort of it, costs.

// Made once: an abort without a reason makes an exception with a stack each time.
const OVER = new DOMException("The call is over.", "AbortError");

/** Aborts with `outer`, and at the end. */
export class LazySignal {
  readonly #outer: AbortSignal;
  #over = false;
  #controller: AbortController | null = null;
  #signal: AbortSignal | null = null;

  constructor(outer: AbortSignal) {
    this.#outer = outer;
  }

  get signal(): AbortSignal {
    return (this.#signal ??= this.#make());
  }

  /** Idempotent. */
  end(): void {
    this.#over = true;
    this.#controller?.abort(OVER);
  }

  #make(): AbortSignal {
    if (this.#over) return AbortSignal.abort(OVER);
    this.#controller = new AbortController();
    return AbortSignal.any([this.#outer, this.#controller.signal]);
  }
}
