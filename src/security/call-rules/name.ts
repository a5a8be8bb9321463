// The names a call is recorded and asked about under.
import { hiddenKinds } from "../neutralise.ts";
import type { CallRule } from "../types.ts";

export const callName: CallRule = {
  id: "call-name",
  about: "A tool's name is one line without control or hidden characters; any other name is allowed, and reached through a map.",
  examples: [
    { given: { question: { tool: "list" } }, verdict: "allow" },
    { given: { question: { tool: "delete all" } }, verdict: "allow" },
    { given: { question: { tool: "Überblick✓" } }, verdict: "allow" },
    { given: { question: { tool: "echo\n" } }, verdict: "deny" },
    { given: { question: { tool: "safe\u202egnp" } }, verdict: "deny" },
    { given: { question: { tool: "" } }, verdict: "deny" },
    { given: { question: { tool: "x".repeat(600) } }, verdict: "deny" },
  ],
  check({ question: { tool } }) {
    const bad = tool === "" || tool.length > 512 || /[\n\t]/.test(tool) || hiddenKinds(tool).length > 0;
    return bad
      ? {
          decision: "deny",
          reason: "The tool's name is empty, too long, or holds control or hidden characters",
          next: "Report it to the maker of the server.",
        }
      : null;
  },
};
