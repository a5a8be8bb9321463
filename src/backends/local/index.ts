// The door of the embedded local backend. The library behind it is loaded by the first turn (or by `prepareLocalModel`), never by importing this.
export { createLocalBackend, type LocalBackendOptions } from "./local-backend.ts";
export { describeLocalModel, localPresents, prepareLocalModel, type LocalModel, type PrepareOptions } from "./prepare.ts";
export { localSetup, type LocalSetupOptions } from "./setup.ts";
export type { DownloadProgress, SetupReport } from "./setup-report.ts";
export { terminalReport } from "./terminal-report.ts";
