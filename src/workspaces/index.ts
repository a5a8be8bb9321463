// The door of the agents' folders: where they work, what they see of each other's files, what is kept and carried over.
export type { FileAccess, FileUse, OpenRunFiles, RunFiles, RunPlace, RunPorts } from "./contract.ts";
export { openWorkspaces, type FileQuestion, type Workspaces } from "./open-workspaces.ts";
