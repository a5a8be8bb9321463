// `npm run conformance`: every client scenario of both releases of the official suite against our MCP layer, as a table. Exit code 1 when one is not as it must be.
import { availableParallelism } from "node:os";
import { buildClient, listScenarios, problemOf, runAll, SETS, type Verdict } from "./conformance-suite.ts";

const client = await buildClient();
const verdicts: Verdict[] = [];
try {
  await runAll(SETS.flatMap(listScenarios), {
    client: client.file,
    limit: availableParallelism() + 1,
    told: (verdict) => {
      verdicts.push(verdict);
      const problem = problemOf(verdict);
      const { scenario, passed, failed, seconds } = verdict;
      const word = problem === null ? (failed.length === 0 ? "ok  " : "exc ") : scenario.scored ? "FAIL" : "fail";
      process.stdout.write(
        `${word} ${scenario.set.name} ${scenario.name}: ${passed} passed, ${failed.length} failed (${seconds.toFixed(1)} s)\n${problem === null ? "" : `${problem}\n`}`,
      );
    },
  });
} finally {
  client.remove();
}

process.stdout.write("\n| suite | scored | as required | checks passed | failed | not scored, passing |\n|---|---|---|---|---|---|\n");
for (const set of SETS) {
  const ours = verdicts.filter(({ scenario }) => scenario.set === set);
  const [scored, extra] = [ours.filter(({ scenario }) => scenario.scored), ours.filter(({ scenario }) => !scenario.scored)];
  const good = (list: readonly Verdict[]): number => list.filter((verdict) => problemOf(verdict) === null).length;
  const checks = ours.reduce((sum, { passed }) => sum + passed, 0);
  const failed = ours.reduce((sum, verdict) => sum + verdict.failed.length, 0);
  process.stdout.write(
    `| ${set.name} | ${scored.length} | ${good(scored)} | ${checks} | ${failed} | ${good(extra)} of ${extra.length} |\n`,
  );
}
if (verdicts.some((verdict) => verdict.scenario.scored && problemOf(verdict) !== null)) process.exitCode = 1;
