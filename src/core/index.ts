// The door of the pure core: events, ids, evolve, plan, judge, prompts. No I/O, no clock, no randomness.
export * from "./ids.ts";
export * from "./message.ts";
export * from "./settings.ts";
export * from "./events.ts";
export * from "./plan-types.ts";
