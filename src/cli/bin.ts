#!/usr/bin/env node
// The installed command `massgen`: hands the real world to `main` and ends with its exit code.
import { cacheFolder, createIo, exitAfterFlush, keepCompiledCode, realProcess } from "../io/index.ts";
import { main } from "./main.ts";
import { sentenceForNode } from "./node-version.ts";
import { realServices } from "./real-services.ts";

const io = createIo();
const tooOld = sentenceForNode(process.versions.node);
if (tooOld === null) {
  keepCompiledCode(cacheFolder(io));
  await exitAfterFlush(await main(process.argv.slice(2), { io, process: realProcess(), services: realServices }));
} else {
  io.terminal.stderr.write(`${tooOld}\n`);
  await exitAfterFlush(2);
}
