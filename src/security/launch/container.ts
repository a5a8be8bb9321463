// Reads a `docker run` command: its options and the image, so that rules can say what the container may reach.
import type { PackageSpec } from "./package-spec.ts";
import type { Launch } from "./read-launch.ts";
import type { Option } from "./scan.ts";

export type ContainerRun = { readonly subcommand: string; readonly options: readonly Option[]; readonly image: string | null };

/** Options of `run` and of the program itself that stand alone; every other takes a value. */
const FLAGS = new Set(
  `-d --detach --init -i --interactive --no-healthcheck --oom-kill-disable --privileged -P --publish-all -q --quiet --read-only --rm --sig-proxy -t --tty
  --replace --rmi --tls --tlsverify --debug -D --disable-content-trust --use-api-socket --remote -r --env-host --http-proxy --no-hosts --no-hostname`.split(
    /\s+/,
  ),
);

/** null where the layer is no container program. */
export function readContainer({ family, args }: Launch): ContainerRun | null {
  if (family?.kind !== "container") return null;
  const outer = readOptions(args);
  const [first = "", second = "", ...others] = outer.rest;
  const nested = first === "container" || first === "compose" || first === "mcp";
  const inner = readOptions(nested ? others : outer.rest.slice(1));
  const subcommand = nested ? `${first} ${second}` : first;
  const runs = ["run", "container run", "create", "container create"].includes(subcommand);
  return { subcommand, options: [...outer.options, ...inner.options], image: runs ? (inner.rest[0] ?? null) : null };
}

function readOptions(args: readonly string[]): { readonly options: readonly Option[]; readonly rest: readonly string[] } {
  const options: Option[] = [];
  let index = 0;
  while (index < args.length) {
    const word = args[index] ?? "";
    if (!word.startsWith("-") || word === "-") break;
    if (word === "--") return { options, rest: args.slice(index + 1) };
    const equals = word.indexOf("=");
    if (word.startsWith("--") && equals > 0) options.push({ name: word.slice(0, equals), value: word.slice(equals + 1) });
    else if (FLAGS.has(word) || isFlagBundle(word)) options.push({ name: word, value: null });
    else if (/^-[a-zA-Z]./.test(word) && !word.startsWith("--"))
      options.push({ name: word.slice(0, 2), value: word.slice(2).replace(/^=/, "") });
    else {
      options.push({ name: word, value: args[index + 1] ?? "" });
      index += 1;
    }
    index += 1;
  }
  return { options, rest: args.slice(index) };
}

const isFlagBundle = (word: string) => /^-[ditPq]{2,}$/.test(word);

/** The image, as something that is fetched; `latest` and no tag at all are not pinned. */
export function imageOf(layer: Launch): readonly PackageSpec[] {
  const image = readContainer(layer)?.image;
  if (image === null || image === undefined) return [];
  const tag = /:([^/:@]+)$/.exec(image)?.[1];
  const pinned = /@sha256:[0-9a-f]{64}$/.test(image) || (tag !== undefined && tag !== "latest");
  return [{ text: image, pinned, from: "registry" }];
}
