// Preloaded into the built program: when it ends, its peak memory and the longest hold-up of its event loop are in the file that MEASURE_FILE names.
import { writeFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";

const lag = monitorEventLoopDelay({ resolution: 10 });
lag.enable();
process.on("exit", () => {
  const measured = { peakBytes: process.resourceUsage().maxRSS * 1024, lagMs: lag.max / 1e6 };
  writeFileSync(process.env["MEASURE_FILE"], JSON.stringify(measured));
});
