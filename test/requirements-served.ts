// What must hold where other programs use this one: as a library that goes on, and as a server; and where people talk with it.

export const SERVED_REQUIREMENTS: Readonly<Record<string, string>> = {
  "REQ-LIB-1":
    "A program takes a run up again with `resume`, as the command does: by the run's own team or one that is given, without paying twice.",
  "REQ-BUDGET-1":
    "--estimate says what a run would take, by the real prompts, tool lists and rules, asks no model and ends with 0; what has no price is unknown.",
  "REQ-BUDGET-2":
    "Limits of the run and of each agent hold and are warned of at 50, 75 and 90 %; a limit of money that could not be kept is refused.",
  "REQ-TALK-1": "A conversation is held in every display; each of its commands answers, also several lines make one question.",
  "REQ-TALK-2": "While a question is worked on, /answer-now reaches it at once in every display; every other line that is sent comes next.",
  "REQ-TALK-3": "What is typed is kept between conversations, for the owner only, and not with --no-logs.",
  "REQ-TALK-4": "/resume goes on with a run that was stopped; its answer takes the place of what there was.",
  "REQ-SERVE-1":
    "`massgen serve --mcp` is an MCP server with the tool `ask_council`; clients of both generations and our own can call it; wrong arguments are told all at once.",
  "REQ-SERVE-2":
    "A client hears who answered and who voted and a sign of life; the result is text and data, and at a limit the best answer so far, marked as such.",
  "REQ-SERVE-3": "A call that is cancelled, or whose client is gone, ends its run at once; the log is complete and the server goes on.",
  "REQ-SERVE-4":
    "A question of permission and a form of a server are asked at a client that supports elicitation; anything but a clear yes is a no.",
  "REQ-SERVE-5":
    "Standard output carries only the protocol; with the client's end, and on SIGTERM, everything ends and no process is left.",
  "REQ-SERVE-6":
    "A client's limits can only be smaller than the server's; questions at once and the money of all of them are bounded; teams are chosen by name only.",
  "REQ-SERVE-7": "Over HTTP every request needs the bearer token: from a file, the environment, or made and printed once.",
  "REQ-SERVE-8": "Over HTTP a foreign Host or Origin, a large body and what is not the protocol are refused.",
  "REQ-SERVE-9": "Beyond this machine the server listens only with a limit of money for each question.",
  "REQ-SERVE-10": "The real Claude Code calls the council, over stdio and HTTP.",
  "REQ-SERVE-11": "The official conformance suite's server scenarios for what is offered pass.",
  "REQ-SERVE-12":
    "The serving side keeps the protocol message by message: revisions, codes, cancellation, progress, forms; its own mistakes are told without their words.",
};
