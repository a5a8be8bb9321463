// The door of the security part: rules, policy, verdicts, and the one function that makes text from outside harmless.
export { type HiddenKind, hiddenKinds, neutralise, neutraliseLine } from "./neutralise.ts";
