// What must hold of the security rules in whole runs: that they are asked, with true facts, and obeyed.

export const SECURITY_RUN_REQUIREMENTS: Readonly<Record<string, string>> = {
  "REQ-SECRUN-1":
    "What an entry refers to with ${NAME} is judged although its value is in its place: a model provider's key is handed to no server.",
  "REQ-SECRUN-2": "A command is looked up before it is judged: where its program lies and who could replace it.",
  "REQ-SECRUN-3": "Command, arguments, environment and working folder reach the server literally; no shell reads them.",
  "REQ-SECRUN-4": "A server's environment is the base set and the entry's own variables.",
  "REQ-SECRUN-5":
    "A remote server is reached at addresses that were checked, each redirect is checked anew, and nothing is sent where the check says no.",
  "REQ-SECRUN-6":
    "A large result is cut for the model and kept whole in a file of the state folder; arguments beyond the limits are refused and nothing is sent.",
  "REQ-SECRUN-7":
    "A question of permission reaches a person where one is there; what is granted for always is kept, mode 0600, and holds for that very entry only.",
  "REQ-SECRUN-8":
    "Without a person, a destructive call of a server the configuration names is allowed, and the output says so once per server.",
  "REQ-SECRUN-9":
    "The operator's policy is read from its place or from --policy FILE; one that cannot be read stops the run before anything is started.",
  "REQ-SECRUN-10": "Every decision and call of a run, refused servers included, is in one hash-chained audit trail.",
};
