// What is known of the programs that start servers: which of their options take a value, which hold code, load files first, or fetch.
// A program that is not here is a program of its own: its arguments are its business.

export type FamilyKind = "interpreter" | "shell" | "runner" | "manager" | "wrapper" | "container";

export type Family = {
  readonly name: string;
  readonly kind: FamilyKind;
  readonly programs: RegExp;
  /** Options followed by a value of their own. */
  readonly value: readonly string[];
  /** Options after which everything belongs to what is started. */
  readonly last?: readonly string[];
  /** Options whose value is code. */
  readonly code?: readonly string[];
  /** Options that load something before the program itself. */
  readonly preload?: readonly string[];
  /** Options that say where packages come from. */
  readonly source?: readonly string[];
  /** Single-dash options are whole words, not bundles of letters. */
  readonly words?: true;
  /** A first argument that is a command of the program (`uv run`); these start something, all others manage packages. */
  readonly starts?: readonly string[];
  /** Commands whose argument is code. */
  readonly codeCommands?: readonly string[];
  /** Commands that fetch and run a package. */
  readonly fetches?: readonly string[];
  /** Commands whose arguments are a command line of their own. */
  readonly wraps?: readonly string[];
  /** How many words of its own stand before that command line; `to-dashes`: all up to `--`, where there is one. Default 0. */
  readonly own?: number | "to-dashes";
};

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

const NODE_VALUES =
  words(`-C --conditions --diagnostic-dir --disable-warning --dns-result-order --env-file --env-file-if-exists --experimental-default-type
  --heapsnapshot-signal --heap-prof-dir --icu-data-dir --input-type --inspect-port --localstorage-file --max-http-header-size --openssl-config --redirect-warnings
  --report-dir --report-directory --report-filename --secure-heap --stack-trace-limit --title --tls-cipher-list --tls-keylog --trace-event-categories --trace-event-file-pattern
  --unhandled-rejections --v8-pool-size --watch-path --cpu-prof-dir --cpu-prof-name --run --experimental-config-file --test-name-pattern --test-reporter`);
const NODE_CODE = words("-e --eval -p --print -pe");
const NODE_PRELOAD = words("-r --require --import --loader --experimental-loader");
const UV_VALUES =
  words(`--directory --project -p --python --with --with-requirements --with-editable --extra --group --only-group --no-group --env-file --package -m --module -s --script
  --cache-dir --config-file --refresh-package -P --upgrade-package --reinstall-package --link-mode -C --config-setting --no-binary-package --no-build-package --exclude-newer --color
  --allow-insecure-host --resolution --prerelease --index-strategy --keyring-provider --python-platform --python-preference -c --constraint --constraints -b --build-constraint --build-constraints
  --override --overrides --fork-strategy --torch-backend --exclude-newer-package --config-settings-package --no-build-isolation-package --no-sources-package --preview-features`);
const UV_SOURCES = words(
  "--index --index-url --default-index --extra-index-url --find-links -i -f --from --with -w --with-requirements --with-editable",
);
const PIP_SOURCES = words("--index-url -i --extra-index-url --find-links -f --spec --pip-args --index");

type Wrapper = Pick<Family, "own" | "code" | "words"> & { readonly value?: string; readonly commands?: string };

/** Programs that only start another one, after words of their own. */
const WRAPPERS: readonly (readonly [programs: string, habits: Wrapper])[] = [
  ["nohup|setsid|unbuffer", {}],
  ["nice", { value: "-n --adjustment" }],
  ["ionice", { value: "-c -n -p -P -u --class --classdata --pid --pgid --uid" }],
  ["taskset", { own: 1 }],
  ["timeout|gtimeout", { value: "-k -s --kill-after --signal", own: 1 }],
  ["stdbuf", { value: "-i -o -e --input --output --error" }],
  ["time", { value: "-f -o --format --output" }],
  ["xvfb-run", { value: "-e -f -n -p -s -w --error-file --auth-file --server-num --xauth-protocol --server-args --wait" }],
  ["dbus-run-session", { value: "--config-file --dbus-daemon" }],
  ["caffeinate", { value: "-t -w" }],
  ["arch", { value: "-arch -d -e", words: true }],
  ["exec", { value: "-a" }],
  ["op", { value: "--env-file --account --session --config --encoding --format", commands: "run" }],
  [
    "doppler|infisical|dotenvx|teller",
    {
      value: "-f -c -p -e -t --env-file --config --project --projectId --env --path --token --scope --command --log-level",
      code: ["--command"],
      commands: "run",
    },
  ],
  ["aws-vault", { value: "-d -t --duration --mfa-token --region --prompt --backend", commands: "exec", own: 1 }],
  ["chamber", { value: "-b --backend", commands: "exec", own: "to-dashes" }],
  ["envchain", { own: 1 }],
  ["direnv", { commands: "exec", own: 1 }],
  ["mise|rtx", { value: "-C -c -j -E --cd --command --jobs --env", code: ["-c", "--command"], commands: "exec x", own: "to-dashes" }],
  ["dotenv", { value: "-e -f -c -v -p --file --path --quote --export" }],
  ["nvm", { commands: "exec run", own: 1 }],
  ["asdf|fnm|volta|rbenv|pyenv|bundle", { value: "--using --node --npm --pnpm --yarn --gemfile --log-level", commands: "exec run" }],
];

export const FAMILIES: readonly Family[] = [
  {
    name: "node",
    kind: "interpreter",
    programs: /^(?:node|nodejs|node\d+)$/,
    value: [...NODE_VALUES, ...NODE_CODE, ...NODE_PRELOAD],
    code: NODE_CODE,
    preload: NODE_PRELOAD,
  },
  {
    name: "python",
    kind: "interpreter",
    programs: /^(?:python|python\d(?:\.\d+)?t?|pythonw|py|pyw|pypy3?)$/,
    value: words("-c -m -W -X -Q --check-hash-based-pycs"),
    last: ["-c", "-m"],
    code: ["-c"],
  },
  {
    name: "ruby",
    kind: "interpreter",
    programs: /^j?ruby[\d.]*$/,
    value: words("-e -r -I -C -E -F -x --encoding --require"),
    code: ["-e"],
    preload: ["-r", "--require"],
  },
  {
    name: "perl",
    kind: "interpreter",
    programs: /^perl[\d.]*$/,
    value: words("-e -E -M -m -I"),
    code: ["-e", "-E"],
    preload: ["-M", "-m"],
  },
  {
    name: "php",
    kind: "interpreter",
    programs: /^php[\d.]*$/,
    value: words("-r -B -R -E -d -c -f -F -S -t -z --run --process-begin --process-code --process-end --define --php-ini --file"),
    code: words("-r -B -R -E --run --process-begin --process-code --process-end"),
    preload: ["-z", "-d", "--define"],
  },
  {
    name: "java",
    kind: "interpreter",
    programs: /^javaw?$/,
    words: true,
    value: words("-cp -classpath --class-path -p --module-path --add-modules --add-opens --add-exports --source -m --module -jar"),
    last: ["-jar", "-m", "--module"],
    preload: words("-javaagent -agentlib -agentpath -Xbootclasspath"),
    code: words("-XX:OnError -XX:OnOutOfMemoryError"),
  },
  {
    name: "dotnet",
    kind: "manager",
    programs: /^dotnet$/,
    words: true,
    value: words("--project -p --framework -f --configuration -c --launch-profile --additionalprobingpath --additional-deps --fx-version"),
    starts: ["run", "exec"],
    fetches: ["x", "dnx"],
    source: ["--source", "--add-source"],
  },
  { name: "lua", kind: "interpreter", programs: /^lua(?:jit)?[\d.]*$/, value: ["-e", "-l"], code: ["-e"], preload: ["-l"] },
  { name: "r", kind: "interpreter", programs: /^(?:rscript|r)$/, value: ["-e", "-f"], code: ["-e"] },
  {
    name: "julia",
    kind: "interpreter",
    programs: /^julia$/,
    value: words("-e -E -L --eval --print --load --project -J --sysimage"),
    code: words("-e -E --eval --print"),
    preload: words("-L --load -J --sysimage"),
  },
  {
    name: "elixir",
    kind: "interpreter",
    programs: /^(?:elixir|iex)$/,
    value: words("-e --eval --rpc-eval -r -pr --require"),
    code: words("-e --eval --rpc-eval"),
    preload: words("-r -pr --require"),
  },
  { name: "osascript", kind: "interpreter", programs: /^osascript$/, value: ["-e", "-l"], code: ["-e"] },
  {
    name: "tsx",
    kind: "interpreter",
    programs: /^(?:tsx|ts-node|ts-node-esm|vite-node|jiti)$/,
    value: [...NODE_VALUES, ...NODE_CODE, ...NODE_PRELOAD, "--tsconfig", "-P", "--project", "-O"],
    code: NODE_CODE,
    preload: NODE_PRELOAD,
  },
  {
    name: "deno",
    kind: "manager",
    programs: /^deno$/,
    value: words(
      "-c --config --import-map --env-file --lock --cert --location --seed --ext -L --log-level --preload --require --import --allow-scripts",
    ),
    starts: words("run serve task x"),
    codeCommands: ["eval", "repl"],
    fetches: [],
    preload: words("--preload --require --import"),
    wraps: [],
  },
  {
    name: "bun",
    kind: "manager",
    programs: /^bun$/,
    value: words(
      "-e --eval -p --print -r --preload --require --import --cwd --env-file -c --config --tsconfig-override --conditions --filter",
    ),
    code: words("-e --eval -p --print"),
    preload: words("-r --preload --require --import"),
    starts: words("run start"),
    fetches: ["x"],
    codeCommands: ["repl"],
  },
  { name: "bunx", kind: "runner", programs: /^(?:bunx|pnpx)$/, value: ["-p", "--package"], source: ["-p", "--package"] },
  {
    name: "npx",
    kind: "runner",
    programs: /^npx$/,
    value: words("-p --package -c --call --registry --prefix -w --workspace --cache --userconfig --node-options --script-shell"),
    code: words("-c --call --node-options --script-shell"),
    source: words("-p --package --registry"),
  },
  {
    name: "npm",
    kind: "manager",
    programs: /^npm$/,
    value: words(
      "-p --package -c --call --registry --prefix -C -w --workspace --cache --userconfig --node-options --script-shell --loglevel",
    ),
    code: words("-c --call --node-options --script-shell"),
    source: words("-p --package --registry"),
    starts: words("run run-script start exec x"),
    fetches: ["exec", "x"],
  },
  {
    name: "pnpm",
    kind: "manager",
    programs: /^pnpm$/,
    value: words("--package -C --dir --filter -F --registry --config --loglevel"),
    source: ["--package", "--registry"],
    starts: words("run start exec dlx"),
    fetches: ["dlx"],
    code: ["-c", "--shell-mode"],
  },
  {
    name: "yarn",
    kind: "manager",
    programs: /^yarn(?:pkg)?$/,
    value: words("-p --package --cwd --registry"),
    source: ["-p", "--package", "--registry"],
    starts: words("run start exec dlx node"),
    fetches: ["dlx"],
  },
  { name: "uvx", kind: "runner", programs: /^uvx$/, value: [...UV_VALUES, ...UV_SOURCES], source: UV_SOURCES },
  {
    name: "uv",
    kind: "manager",
    programs: /^uv$/,
    value: [...UV_VALUES, ...UV_SOURCES],
    source: UV_SOURCES.filter((name) => name !== "-f"),
    starts: ["run", "tool run"],
    fetches: ["tool run"],
    wraps: ["run"],
  },
  {
    name: "pipx",
    kind: "manager",
    programs: /^pipx$/,
    value: words("--spec --python --pip-args --index-url -i --path"),
    source: PIP_SOURCES,
    starts: ["run"],
    fetches: ["run"],
  },
  {
    name: "pip",
    kind: "manager",
    programs: /^(?:pip[\d.]*|easy_install|conda-build|ensurepip)$/,
    value: PIP_SOURCES,
    source: PIP_SOURCES,
    starts: [],
  },
  {
    name: "conda",
    kind: "manager",
    programs: /^(?:conda|mamba|micromamba)$/,
    value: words("-n --name -p --prefix --cwd -r --root-prefix -a --attach -e --env --rc-file"),
    starts: ["run"],
    wraps: ["run"],
  },
  {
    name: "poetry",
    kind: "manager",
    programs: /^(?:poetry|pdm|rye|hatch|pipenv|pixi)$/,
    value: words("-C --directory -P --project -p -e --env --venv --manifest-path"),
    starts: ["run"],
    wraps: ["run"],
  },
  {
    name: "go",
    kind: "manager",
    programs: /^go$/,
    value: words("-C -mod -modfile -tags -exec -toolexec -overlay -ldflags -gcflags"),
    words: true,
    code: ["-exec", "-toolexec"],
    starts: ["run", "tool"],
    fetches: [],
  },
  {
    name: "cargo",
    kind: "manager",
    programs: /^cargo$/,
    value: words("--manifest-path -p --package --bin --example --features --target --target-dir --profile --config -C --registry --index"),
    code: ["--config"],
    starts: ["run", "r"],
    source: ["--registry", "--index"],
  },
  { name: "docker", kind: "container", programs: /^(?:docker|podman|nerdctl|finch)$/, value: [], starts: [] },
  {
    name: "shell",
    kind: "shell",
    programs: /^(?:ba|z|da|k|mk|c|tc|a|fi|nu|xon)?sh$|^(?:busybox|nu|elvish|git-bash)$/,
    value: words("-c -o -O +o +O --rcfile --init-file --command --init-command -C"),
    code: words("-c --command --init-command -C"),
    preload: ["--rcfile", "--init-file"],
  },
  {
    name: "powershell",
    kind: "shell",
    programs: /^(?:powershell|pwsh)(?:-preview|_ise)?$/,
    value: words(
      "-file -f -executionpolicy -ex -ep -inputformat -outputformat -version -windowstyle -workingdirectory -wd -configurationname -psconsolefile",
    ),
    words: true,
  },
  { name: "cmd", kind: "shell", programs: /^(?:cmd|command)$/, value: [] },
  {
    name: "env",
    kind: "wrapper",
    programs: /^env$/,
    value: words("-u --unset -C --chdir -S --split-string -a --argv0 -P"),
    code: ["-S", "--split-string"],
    wraps: [""],
  },
  {
    name: "wsl",
    kind: "wrapper",
    programs: /^wsl$/,
    value: words("-d --distribution --distribution-id -u --user --cd --shell-type"),
    last: ["-e", "--exec"],
    wraps: [""],
  },
  ...WRAPPERS.map(([name, { commands = "", ...more }]): Family => {
    const starts = words(commands).filter((word) => word !== "");
    return {
      name,
      kind: "wrapper",
      programs: new RegExp(`^(?:${name})$`),
      ...more,
      value: words(more.value ?? ""),
      ...(starts.length === 0 ? { wraps: [""] } : { starts, wraps: starts }),
    };
  }),
];

/** The base name by which a program is known, and its family. Folded to lower case: some file systems do not tell cases apart. */
export function familyOf(command: string): { readonly program: string; readonly family: Family | null } {
  const base = command.split(/[\\/]/).pop() ?? command;
  const program = base.replace(/\.(?:exe|cmd|bat|ps1|com)$/i, "").toLowerCase();
  return { program, family: FAMILIES.find(({ programs }) => programs.test(program)) ?? null };
}
