// What a display is given when it is made.
import type { Clock, Environment, Terminal } from "../io/index.ts";
import type { Steering } from "./contract.ts";

export type DisplayContext = {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly env: Environment;
  readonly steering: Steering;
  /** Ctrl-C pressed as a key while the terminal is in raw mode. */
  readonly interrupt: () => void;
};
