// The door of the log: stores, reading, folders and the text files made from it.
export type { LiveItem, Put, RunLog } from "./contract.ts";
export { createMemoryLog, type MemoryLogOptions } from "./memory-log.ts";
export { openFileLog, reopenFileLog, type FileLogOptions, type ReopenedLog } from "./file-log.ts";
export { EVENTS_FILE, parseLog, readLog, type LogProblem, type ReadLog } from "./read-log.ts";
export { agentSlugs, conversationFolder, LOGS_FOLDER, newRunId, questionFolder } from "./folders.ts";
export { followWithAgentFiles, type AgentFiles } from "./agent-files.ts";
export { createRedactor, REDACTED, type Redactor } from "./redact.ts";
export { isRunHeld, lockRun, type RunLock } from "./lock.ts";
