// What the security rules must do.

export const SECURITY_REQUIREMENTS: Readonly<Record<string, string>> = {
  "REQ-SEC-1": "Each rule is one pure file with its own allow and deny examples, and one test runs them all.",
  "REQ-SEC-2": "No server entry people really write is refused by the policy that holds without an operator's file.",
  "REQ-SEC-3": "An entry narrows the operator's policy and never widens it; a policy that cannot be read becomes the strict one.",
  "REQ-SEC-4": "The worst finding decides, all findings are kept, and none repeats a secret value of the entry.",
  "REQ-SEC-5": "One function makes text from outside harmless: terminal escapes, control, direction, invisible and tag characters.",
  "REQ-SEC-6": "Every case of the security corpus has our own verdict, and each disagreement its reason.",
  "REQ-SEC-7": "However a command is wrapped or an address is written, what it comes to is judged; what cannot be told is refused.",
  "REQ-SEC-8": "For calls deny beats ask beats allow over all rules, and values that are no JSON never get through.",
  "REQ-SEC-9": "Grants are remembered by scope, never beat a refusal, and a runaway agent is stopped.",
  "REQ-SEC-10": "A server's environment holds a small base set and the entry's own variables; provider keys reach no server by accident.",
  "REQ-SEC-11": "Results are harmless text of bounded size, cut between characters.",
};
