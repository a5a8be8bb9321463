// The door of OAuth for remote servers.
export { authorizedFetch } from "./authorized-fetch.ts";
export { concealer, type Conceal } from "./conceal.ts";
export { AuthSessions } from "./sessions.ts";
export type { AuthSession } from "./session.ts";
