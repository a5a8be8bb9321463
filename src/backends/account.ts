// Finds the gate of a provider account: agents with the same address, key and model share one.
import type { BackendConfig } from "../config/index.ts";
import type { Clock, Io } from "../io/index.ts";
import { numberOf } from "./backend-options.ts";
import { ProviderGate } from "./provider-gate.ts";

/** Gates live as long as the clock they were made with, that is as long as the program, or one test. */
const gates = new WeakMap<Clock, Map<string, ProviderGate>>();

type Account = {
  readonly config: Pick<BackendConfig, "type" | "apiKey" | "options">;
  readonly baseUrl: string;
  readonly model: string;
  readonly io: Pick<Io, "clock">;
};

/** The limits `rpm` and `tpm` are the strictest that any agent on the account names. */
export function gateOf({ config, baseUrl, model, io }: Account): ProviderGate {
  const known = gates.get(io.clock) ?? new Map<string, ProviderGate>();
  gates.set(io.clock, known);
  const key = JSON.stringify([config.type, baseUrl, config.apiKey, model]);
  const limits = { rpm: numberOf(config.options, "rpm") ?? null, tpm: numberOf(config.options, "tpm") ?? null };
  const gate = known.get(key) ?? new ProviderGate(io.clock, limits);
  gate.tighten(limits);
  known.set(key, gate);
  return gate;
}
