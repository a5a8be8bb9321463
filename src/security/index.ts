// The door of the security part: rules, policy, verdicts, and the one function that makes text from outside harmless.
export { type HiddenKind, hiddenKinds, neutralise, neutraliseLine } from "./neutralise.ts";
export { checkServer } from "./check-server.ts";
export { checkCall } from "./check-call.ts";
export { createGate, type Gate, type GateOptions } from "./gate.ts";
export { DEFAULT_POLICY, narrow, type PolicyReading, readPermission, readPolicy, STRICT_POLICY } from "./policy.ts";
export { describeRules, type DescribedRule } from "./describe-rules.ts";
export { childEnvironment, PROVIDER_KEYS } from "./environment-table.ts";
export { type AddressKind, kindOfAddress } from "./address.ts";
export { canonicalHost, checkAddress, type HostKind, kindOfHost } from "./host.ts";
export { digestOf } from "./digest.ts";
export { treatResult, type TreatedResult } from "./result.ts";
export { referencesOf } from "./references-of.ts";
export { readLaunch, type Launch } from "./launch/read-launch.ts";
export { packagesOf, type PackageSpec } from "./launch/package-spec.ts";
export type * from "./types.ts";
