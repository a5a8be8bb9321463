#!/usr/bin/env node
// The installed command `massgen`: hands the real world to `main` and ends with its exit code.
import { createIo, exitAfterFlush, realProcess } from "../io/index.ts";
import { main } from "./main.ts";
import { realServices } from "./real-services.ts";

await exitAfterFlush(await main(process.argv.slice(2), { io: createIo(), process: realProcess(), services: realServices }));
