// Bounds that every input is held to, whatever it says.

/** The largest configuration accepted, in bytes and in characters. */
export const MAX_BYTES = 1024 * 1024;
/** How many collections may be nested in each other. */
export const MAX_DEPTH = 64;
