// Labels are what models see of each other: assigned once per run, in an order shuffled by the run's seed.
import { label, type AgentId, type Label } from "./ids.ts";

/** The label of every agent; the same ids and seed always give the same labels. */
export function assignLabels(agents: readonly AgentId[], seed: number): ReadonlyMap<AgentId, Label> {
  const numbers = agents.map((_, index) => index + 1);
  const next = randomFrom(seed);
  for (let last = numbers.length - 1; last > 0; last -= 1) {
    const other = Math.floor(next() * (last + 1));
    const moved = numbers[last] ?? 0;
    numbers[last] = numbers[other] ?? 0;
    numbers[other] = moved;
  }
  return new Map(agents.map((agent, index) => [agent, label(`agent${numbers[index] ?? 0}`)]));
}

/** agent2 before agent10: labels differ only in a number without leading zeros. */
export function compareLabels(a: Label, b: Label): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

// mulberry32: small, fast, and the same on every machine
function randomFrom(seed: number): () => number {
  let state = (Math.trunc(seed) ^ Math.trunc(seed / 0x1_0000_0000)) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}
