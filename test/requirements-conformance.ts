// What the MCP layer must do on the wire of others: the official suite, OAuth, and servers that mean harm.

export const CONFORMANCE_REQUIREMENTS: Readonly<Record<string, string>> = {
  "REQ-CONFORM-1":
    "The suite holds the scored scenarios we count on; at most one of them is excepted, and an exception that passes is a failure.",
  "REQ-CONFORM-2": "Every client scenario of both releases of the official suite passes against our layer, by exit code and by its checks.",
  "REQ-CONFORM-3": "Tools with wrong header marks are not offered over HTTP; null for an optional argument counts as left away.",
  "REQ-HOSTILE-1": "Beside a server that means harm, the calls of its healthy neighbour are always answered.",
  "REQ-HOSTILE-2": "No server can take memory or the event loop without bounds, or leave a process behind.",
  "REQ-HOSTILE-3": "No control, direction or hidden character of a server's text, name or error reaches a model, a log or a screen.",
  "REQ-HOSTILE-4": "No redirect and no schema leads us to another address.",
  "REQ-HOSTILE-5": "A model that follows every order in tool output does no harm that the policy forbids, and gives away no key.",
  "REQ-HOSTILE-6": "The built program ends with its answer whatever a server does, and its terminal stays as it was.",
  "REQ-OAUTH-1": "A remote server is signed in to with PKCE, state and a native client, without a browser where no person is needed.",
  "REQ-OAUTH-2": "Tokens are kept readable for the owner alone, used again by later runs, and in no event.",
  "REQ-OAUTH-3": "A token that is taken back in the middle of a run is replaced once for all calls, and each call is carried out once.",
  "REQ-OAUTH-4": "A server gets three authorizations in a run at most, whatever it answers.",
  "REQ-OAUTH-5": "Credentials go to the issuer they are for and to no other.",
  "REQ-OAUTH-6": "An authorization that fails is told in our own words, without a secret or a word of the other side.",
  "REQ-OAUTH-7": "Addresses that a server names are http and https, and lead no deeper into the network than the server itself.",
  "REQ-OAUTH-8": "The auth block of an entry takes its secrets from variables, and they are known as secrets.",
};
