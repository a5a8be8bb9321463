// How many cases a test draws where their number is free: `npm run check` wants a few of each (MASSGEN_SHORT=1), `npm test` enough to rely on,
// `npm run test:long` everything (MASSGEN_LONG=1).

export const isLong = process.env["MASSGEN_LONG"] === "1";
export const isShort = !isLong && process.env["MASSGEN_SHORT"] === "1";

/** `long` is `usual` where it is left out. */
export const drawn = ({ short, usual, long = usual }: { readonly short: number; readonly usual: number; readonly long?: number }): number =>
  isLong ? long : isShort ? short : usual;
