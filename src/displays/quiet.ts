// `--quiet`: nothing but the answer on standard output.
import type { Display } from "./contract.ts";
import type { DisplayContext } from "./context.ts";
import { answerText } from "./simple.ts";

export function quietDisplay({ terminal }: DisplayContext): Display {
  return {
    show: () => undefined,
    finish: async ({ answer }) => {
      if (answer !== null) terminal.stdout.write(answerText(answer));
    },
    dispose: () => undefined,
  };
}
