// What the embedded local backend must do.

export const LOCAL_REQUIREMENTS: Readonly<Record<string, string>> = {
  "REQ-LOCAL-1":
    "The model is the one that is named, else one from the cache, else the good one from the hub with consent, else the tiny one from its package; never a silent stand-in.",
  "REQ-LOCAL-2":
    "A large download states its size and is asked for on a terminal; without one it needs --yes, and the tiny model is brought instead.",
  "REQ-LOCAL-3":
    "Downloads are bounded in time, resume what is there, and are accepted only with the pinned checksum; of several processes one downloads.",
  "REQ-LOCAL-4": "Where no model can be had, one message lists what was tried with each reason and three ways out, with exit code 2.",
  "REQ-LOCAL-5": "Local agents share one loaded model as sequences of one context; it is freed by the last close.",
  "REQ-LOCAL-6": "A turn stops in the middle of reading its prompt and in the middle of generating, and says that it was interrupted.",
  "REQ-LOCAL-7": "A model below 1B votes by likelihood: for the answer it would most probably have given itself, and its reason says so.",
  "REQ-LOCAL-8":
    "A model below 1B calls at most one tool per first turn, picked by the program with none included; its arguments are written by the model under the tool's own schema.",
  "REQ-LOCAL-9": "A larger model chooses freely among decisions and tools, held to a grammar made from their schemas.",
  "REQ-LOCAL-10":
    "It is said once per run which model answers and that a tiny one only demonstrates the machinery; such a model does not present.",
  "REQ-LOCAL-12":
    "A question of a server is answered in the sequence of the turn that waits for it, which then goes on as if nothing had been.",
  "REQ-LOCAL-11": "A missing runtime or binary is said plainly, with what to do; nothing is compiled.",
};
