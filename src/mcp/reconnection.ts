// When a cut event stream is opened again: as the server asks, but never so soon that it makes us call without pause, nor later than after a minute.
import type { Clock } from "../io/index.ts";

const SHORTEST_MS = 250;
const LONGEST_MS = 60_000;

/** For the library's `reconnectionScheduler`. */
export function boundedReconnection(clock: Clock): (reconnect: () => void, delayMs: number) => () => void {
  return (reconnect, delayMs) => {
    const wanted = Number.isFinite(delayMs) ? delayMs : SHORTEST_MS;
    const timer = clock.after(Math.min(LONGEST_MS, Math.max(SHORTEST_MS, wanted)), reconnect);
    return () => timer.cancel();
  };
}
