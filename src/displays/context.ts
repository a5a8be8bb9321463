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
  /** Aborts once the program is asked to end: views that stay open until a person leaves them must not. */
  readonly leave: AbortSignal;
};
