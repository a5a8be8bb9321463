// Preloaded into the program (NODE_OPTIONS=--import): it dies by SIGKILL as soon as the n-th entry of a kind is in its log, with nothing of what follows.
// MASSGEN_TEST_KILL_AT=KIND:N
import { open } from "node:fs/promises";
import { devNull } from "node:os";

const [kind, nth] = (process.env.MASSGEN_TEST_KILL_AT ?? "none:0").split(":");
const handle = await open(devNull, "w");
const prototype = Object.getPrototypeOf(handle);
await handle.close();
const write = prototype.write;
let seen = 0;

prototype.write = async function (...given) {
  const [bytes, from = 0, length = bytes.length - from, ...rest] = given;
  const text = bytes.subarray(from, from + length).toString("utf8");
  if (!text.startsWith('{"v":')) return write.call(this, bytes, from, length, ...rest);
  let end = 0;
  for (const line of text.split("\n").slice(0, -1)) {
    end += Buffer.byteLength(line) + 1;
    if (JSON.parse(line).type !== kind || (seen += 1) < Number(nth)) continue;
    await write.call(this, bytes, from, end, ...rest);
    process.kill(process.pid, "SIGKILL");
    return new Promise(() => undefined);
  }
  return write.call(this, bytes, from, length, ...rest);
};
