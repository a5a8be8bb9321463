// The door of the outside world.
export type * from "./io.ts";
export { createIo } from "./create-io.ts";
export { runsAsRoot, spawnGuarded, type GuardedCommand } from "./guarded-process.ts";
export { keepCompiledCode } from "./compiled-code.ts";
export { createClock, sleepOn } from "./clock.ts";
export { createFiles, systemErrorCode, type AppendFile, type Files } from "./files.ts";
export { cacheFolder, configFolder, stateFolder, userHome } from "./places.ts";
export { createProcesses, type ProcessIdentity, type Processes } from "./process-identity.ts";
export { exitAfterFlush, realProcess, type ProcessPort, type StopReason } from "./process-port.ts";
export { processRegistry, sweepOrphans, type SweepReport } from "./process-registry.ts";
export { endTree, spawnTree, type ChildTree, type ExitStatus, type ProcessRegistry } from "./process-tree.ts";
export { resolveCommand, type ResolvedCommand } from "./resolve-command.ts";
export { runChild, type ChildEnd, type ChildRequest } from "./child.ts";
export { download, type DownloadRequest } from "./download.ts";
export { emptyFolder, fileSize, removeFolder } from "./file-facts.ts";
export { withProcessLock, type LockRequest } from "./process-lock.ts";
export { extractZipEntry, type Extracted } from "./zip-entry.ts";
export { VERSION } from "./version.ts";
