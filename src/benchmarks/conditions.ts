// What the machine and the program were, so that a figure can be compared with another.
import { VERSION, type Io } from "../io/index.ts";

export const conditionsOf = (io: Io): Readonly<Record<string, string>> => ({
  massgen: VERSION,
  platform: io.platform,
  date: new Date(io.clock.now()).toISOString().slice(0, 10),
});
