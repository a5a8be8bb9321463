// The error of a host that does not take a connection, in words that tell it from an answer that takes too long.

export const connectTimeout = (ms: number): Error => Object.assign(new Error(`no connection within ${ms / 1000} s`), { code: "ETIMEDOUT" });
