// What every backend over a provider's API must do; cited by the tests under src/backends.

export const BACKEND_REQUIREMENTS: Readonly<Record<string, string>> = {
  "REQ-BACKEND-1": "Reasoning, text and decisions are streamed and recorded, with tokens and, where a price is known, cost.",
  "REQ-BACKEND-2":
    "Parallel calls run at the same time; every result goes back under its call, thought signatures at the part they came with.",
  "REQ-BACKEND-3": "Other calls of a step run before its decision is judged; a message after results keeps roles alternating.",
  "REQ-BACKEND-4": "On models that cannot mix them, search and code execution are nested requests, beside MCP and decisions in one turn.",
  "REQ-BACKEND-5": "A tool call the provider could not read gets exactly one corrective attempt.",
  "REQ-BACKEND-6": "Transient errors are tried again a bounded number of times, with growing waits that are events.",
  "REQ-BACKEND-7": "The wait a provider asks for is honoured up to a minute.",
  "REQ-BACKEND-8": "The quota of a day, a spent account and a wrong key are never tried again.",
  "REQ-BACKEND-9": "A bad request that is about a tool names the server and the tool.",
  "REQ-BACKEND-10": "News drops a step that has begun nothing but text, reasoning or a vote, at once, and ends its connection.",
  "REQ-BACKEND-11": "News lets a step that has begun a tool call finish; its tools run, then the turn is interrupted.",
  "REQ-BACKEND-12": "An abort ends a step whatever it has begun, and its connection.",
  "REQ-BACKEND-13": "Options and extra_body reach the provider in the spelling of the configuration.",
  "REQ-BACKEND-14": "Rounds of tool calls are capped; the cap is stated and the decision stays possible.",
  "REQ-BACKEND-15": "A key goes to its own provider's host only; redirects are refused.",
  "REQ-BACKEND-16": "A model can wait for servers that are still connecting; their tools join at the next step.",
  "REQ-BACKEND-17": "Claude: thinking goes back with its signature, results stand first and directly after their calls.",
  "REQ-BACKEND-18": "Claude: the prefix that never changes and the newest message are marked for the provider's cache.",
  "REQ-BACKEND-19": "OpenAI: nothing is stored; encrypted reasoning is asked for and goes back in front of its calls.",
  "REQ-BACKEND-20":
    "OpenAI: reasoning effort and summary, verbosity and the -low/-medium/-high endings of o-series names reach the request.",
  "REQ-BACKEND-21": "Azure: deployments under the endpoint and API version of file or environment, with native tools and streaming.",
  "REQ-BACKEND-22": "Every backend type decides with native tools over its own wire, at the configured address, with its key.",
  "REQ-BACKEND-23": "Local model servers are asked what they serve; one that is missing or lacks the model is named with the next step.",
  "REQ-BACKEND-24": "A breaker per provider account, shared by the agents on it, with a single probe after each pause.",
  "REQ-BACKEND-25": "Requests and tokens per minute of the configuration are kept.",
  "REQ-BACKEND-26": "Recorded replies of every provider come through as the corpus says, at any chunk borders.",
  "REQ-BACKEND-27": "The shipped configurations of MassGen send the options their files ask for.",
  "REQ-BACKEND-28": "With a fifth of the replies broken, every run ends with an answer or with the right exit code.",
  "REQ-BACKEND-33":
    "A reply that is cut at any byte hangs nothing, decides nothing by halves and costs as many requests as the table says.",
  "REQ-BACKEND-34": "Vertex AI by configuration: its own addresses, a token or a key, and neither to anybody else.",
  "REQ-BACKEND-35":
    "Every reason for which a provider ends a reply has its outcome on every wire, and what came is kept, with what it cost.",
  "REQ-BACKEND-36": "Errors are told apart in every provider's own words; waits are those it asks for.",
  "REQ-BACKEND-29": "The proxy of the environment is used for providers and remote servers, never for servers on this machine.",
  "REQ-BACKEND-30": "One way to make requests keeps what callers of fetch rely on: bodies, packing, redirects, aborts, errors, encryption.",
};
