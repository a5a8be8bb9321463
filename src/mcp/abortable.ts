// Waiting for something only as long as a signal allows.

/** The promise's result, or a rejection with the signal's reason, whichever comes first. The work behind the promise goes on. */
export function orAbort<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  if (signal.aborted) {
    promise.catch(() => {}); // Nobody waits for it any more; what it rejects with must not count as unhandled.
    return Promise.reject(signal.reason as Error);
  }
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener("abort", abort, { once: true });
    void promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
