// `massgen serve --mcp --http` of the built program, ready for its first client.
import { atEnd } from "./council-client.ts";
import { startCli, type StartedCli } from "./run-cli.ts";

type Started = StartedCli & { readonly url: string; readonly token: string; readonly said: () => string };

export async function startServe(
  folder: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Started> {
  const started = startCli(["serve", "--mcp", "--config", "config.json", "--http", "0", ...args], { cwd: folder, env });
  let said = "";
  const url = Promise.withResolvers<string>();
  started.child.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString();
    const found = /serving ask_council at (\S+)\n/.exec(said)?.[1];
    if (found !== undefined && (/Bearer \S+\n/.test(said) || env["MASSGEN_SERVE_TOKEN"] !== undefined || args.includes("--token-file")))
      url.resolve(found);
  });
  void started.ended.then(({ stderr }) => url.reject(new Error(stderr)));
  atEnd(async () => {
    started.child.kill("SIGTERM");
    await started.ended;
  });
  return { ...started, url: await url.promise, token: /Bearer (\S+)/.exec(said)?.[1] ?? "", said: () => said };
}
