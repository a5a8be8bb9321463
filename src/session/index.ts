// The door of the session: a team, its tools and the runs of one conversation, put together from a configuration.
export { openSession, type Asked, type OpenedSession, type SessionOptions } from "./open-session.ts";
export { coordinate, type Coordination, type CoordinateOptions } from "./coordinate.ts";
