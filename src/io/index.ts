// The door of the outside world.
export type * from "./io.ts";
export { createIo } from "./create-io.ts";
export { createClock, sleepOn } from "./clock.ts";
export { createFiles, systemErrorCode, type AppendFile, type Files } from "./files.ts";
export { createProcesses, type ProcessIdentity, type Processes } from "./process-identity.ts";
