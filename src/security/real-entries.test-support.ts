// Server entries as people really write them: forms found in the documentation of public servers and clients, with made-up values.
import type { ServerSketch } from "./types.ts";

/** One entry a line: the command, then `NAME=value` after ` ;; `, or a URL with headers after it. Words with spaces are in quotes. */
const ENTRIES = `
npx -y @modelcontextprotocol/server-filesystem /Users/me/Desktop "/Users/me/My Documents"
npx -y @modelcontextprotocol/server-memory ;; MEMORY_FILE_PATH=/data/memory.jsonl
npx -y @modelcontextprotocol/server-everything
npx -y @modelcontextprotocol/server-sequential-thinking ;; DISABLE_THOUGHT_LOGGING=true
npx -y @modelcontextprotocol/server-github ;; GITHUB_PERSONAL_ACCESS_TOKEN=ghp_x
npx -y @modelcontextprotocol/server-gitlab ;; GITLAB_PERSONAL_ACCESS_TOKEN=x ;; GITLAB_API_URL=https://gitlab.example.com/api/v4
npx -y @modelcontextprotocol/server-slack ;; SLACK_BOT_TOKEN=xoxb-x ;; SLACK_TEAM_ID=T0 ;; SLACK_CHANNEL_IDS=C01,C02
npx -y @modelcontextprotocol/server-brave-search ;; BRAVE_API_KEY=x
npx -y @modelcontextprotocol/server-postgres postgresql://localhost/mydb
npx -y @modelcontextprotocol/server-postgres "postgresql://user:p&ss;w|rd@host:5432/db?sslmode=require"
npx -y @modelcontextprotocol/server-puppeteer ;; PUPPETEER_LAUNCH_OPTIONS={"headless":true,"args":["--no-sandbox"]}
npx -y @modelcontextprotocol/server-google-maps ;; GOOGLE_MAPS_API_KEY=x
npx -y @modelcontextprotocol/server-redis redis://localhost:6379
npx -y @modelcontextprotocol/server-filesystem .
npx @playwright/mcp@latest --browser=chrome --caps=vision,pdf --user-data-dir=/tmp/playwright-profile
npx @playwright/mcp@latest --cdp-endpoint http://localhost:9222 --allowed-origins "https://a.example;https://b.example"
npx -y @notionhq/notion-mcp-server ;; OPENAPI_MCP_HEADERS={"Authorization":"Bearer ntn_x","Notion-Version":"2022-06-28"}
npx -y @openbnb/mcp-server-airbnb --ignore-robots-txt
npx -y chrome-devtools-mcp@latest --headless=true --isolated --channel=canary
npx -y @upstash/context7-mcp@latest --api-key ctx7sk-x
npx -y exa-mcp-server --tools=web_search_exa,github_search ;; EXA_API_KEY=x
npx -y tavily-mcp@0.2.3 ;; TAVILY_API_KEY=tvly-x
npx -y firecrawl-mcp ;; FIRECRAWL_API_KEY=fc-x ;; FIRECRAWL_RETRY_MAX_ATTEMPTS=5
npx -y figma-developer-mcp --figma-api-key=x --stdio
npx -y @supabase/mcp-server-supabase@latest --read-only --project-ref=abc ;; SUPABASE_ACCESS_TOKEN=x
npx -y @stripe/mcp --tools=all --api-key=sk_test_x
npx -y mongodb-mcp-server@latest --readOnly ;; MDB_MCP_CONNECTION_STRING=mongodb+srv://u:p@c.example.net/db?retryWrites=true&w=majority
npx -y mcp-discord --config YOUR_DISCORD_TOKEN
npx -y @enescinar/twitter-mcp ;; API_KEY=x ;; API_SECRET_KEY=y ;; ACCESS_TOKEN=z
npx -y @fak111/weather-mcp
npx -y @wonderwhy-er/desktop-commander@latest
npx -y @browsermcp/mcp@latest
npx -y @agentdeskai/browser-tools-mcp@1.2.1
npx -y mcp-remote https://mcp.linear.app/sse
npx mcp-remote https://mcp.example.com/sse --header "Authorization: Bearer token" --transport sse-only
npx -y mcp-remote http://127.0.0.1:3141 --allow-http
npx -y supergateway --sse http://localhost:8000/sse
npx -y github:hdbookie/make-mcp-server#claude-automation-helper ;; MAKE_ZONE=eu2.make.com
npx --registry=https://registry.npmjs.org -y @corp/server
npx -p @angular/cli@20 ng mcp
npx --package=typescript-mcp@1.0.0 -- typescript-mcp --stdio
npx tsx /srv/tools/src/index.ts
npx -y --no-update-notifier @scope/server ;; npm_config_yes=true ;; NODE_ENV=production ;; DEBUG=mcp:* ;; LOG_LEVEL=info
npx -y @sentry/mcp-server@latest --access-token=x --host=sentry.example.com
npx -y @azure/mcp@latest server start
npx -y @cloudflare/mcp-server-cloudflare run 0123 ;; CLOUDFLARE_API_TOKEN=x
npx -y @shopify/dev-mcp@latest
npx -y kubernetes-mcp-server@latest --kubeconfig /Users/me/.kube/config
npx -y @heroku/mcp-server ;; HEROKU_API_KEY=x
npx -y mcp-obsidian "/Users/me/Library/Mobile Documents/iCloud~md~obsidian/Documents/Vault"
npx -y obsidian-mcp-server ;; OBSIDIAN_API_KEY=x ;; OBSIDIAN_BASE_URL=https://127.0.0.1:27124 ;; OBSIDIAN_VERIFY_SSL=false
npx -y task-master-ai ;; ANTHROPIC_API_KEY=literal-key ;; MODEL=claude
cmd /c npx -y @modelcontextprotocol/server-memory
cmd /c npx @agentmemory/agentmemory mcp
cmd.exe /c npx -y @modelcontextprotocol/server-filesystem C:\\Users\\me\\Desktop
cmd /c npx -y @modelcontextprotocol/server-postgres %MCP_POSTGRES_URL%
cmd /c "C:/Users/Sören Gebbert/mcp/start_server.bat"
cmd /c uvx mcp-server-time
uvx mcp-server-fetch
uvx mcp-server-fetch --ignore-robots-txt --user-agent=MyAgent/1.0 --proxy-url=http://proxy.example:8080
uvx mcp-server-git --repository /srv/repo
uvx mcp-server-time --local-timezone=Europe/Berlin
uvx mcp-server-sqlite --db-path /Users/me/test.db
uvx --with mcp<2 mcp-server-sqlite --db-path x.db
uvx --from git+https://github.com/oraios/serena serena-mcp-server --context ide-assistant --project .
uvx --from git+https://github.com/amineelkouhen/mcp-cockroachdb cockroachdb-mcp-server --url postgresql://root@localhost:26257/defaultdb?sslmode=disable
uvx --python 3.11 --from mcp-server-qdrant==0.8.0 mcp-server-qdrant ;; QDRANT_URL=http://localhost:6333 ;; COLLECTION_NAME=notes
uvx awslabs.core-mcp-server@latest ;; FASTMCP_LOG_LEVEL=ERROR ;; AWS_PROFILE=default ;; AWS_REGION=us-east-1
uvx alibabacloud.mcp-proxy@latest --safety-policy "iacservice:*=allow,*=deny"
uvx duckduckgo-mcp-server
uvx markitdown-mcp
uvx excel-mcp-server stdio
uvx blender-mcp
uvx mcp-atlassian --confluence-url=https://x.atlassian.net/wiki --confluence-username=me@example.com --confluence-token=t ;; JIRA_SSL_VERIFY=false
uvx arxiv-mcp-server --storage-path /data/papers
uvx --refresh --quiet zen-mcp-server ;; UV_CACHE_DIR=/cache ;; PYTHONUNBUFFERED=1 ;; PYTHONIOENCODING=utf-8
uvx --index-url https://pypi.org/simple workspace-mcp
uv --directory /srv/weather run weather.py
uv run --directory /srv/weather weather-mcp
uv run --with mcp[cli] mcp run /srv/server.py
uv run --with fastmcp --with pandas fastmcp run /srv/server.py
uv --directory C:\\ABSOLUTE\\PATH\\weather run weather.py
uv run python -m raglite.main ;; PYTHONPATH=/srv/RAGLite
uv run -m my_project_mcp_server
uv run --project /srv/x --env-file .env server
uv.exe run --no-sync server.py
uv tool run mcp-server-time
pipx run mcp-server-git
pipx run --spec mcp-server-time==1.0.0 mcp-server-time
python -m mcp_server_fetch
python3 -u -m massgen.tests.mcp_test_server
python -u -m massgen.tests.mcp_test_server
python3 ../mcp_servers/simple_test_server.py
python /srv/server.py --config /srv/config.toml -c prod
/usr/bin/python3 /srv/server.py ;; PYTHONPATH=/srv ;; PYTHONUNBUFFERED=1
/srv/.venv/bin/python -m app.server ;; DB_PASSWORD=p&ss|w\`rd ;; DB_HOST=localhost
C:\\Users\\me\\venv\\Scripts\\python.exe C:\\Users\\me\\server.py
.venv/bin/python server.py
py -3.12 -m server
node /srv/build/index.js
node server/server.mjs --port 3000 -e production
node --no-warnings --experimental-strip-types src/server.ts
node --env-file=.env dist/index.js
node --import tsx src/index.ts
node --loader ts-node/esm src/index.ts
node -r dotenv/config build/index.js
node --max-old-space-size=4096 build/index.js ;; NODE_ENV=production
/Users/me/.nvm/versions/node/v22.1.0/bin/node /srv/index.js ;; PATH=/Users/me/.nvm/versions/node/v22.1.0/bin:/usr/bin:/bin
C:\\nodejs\\node.exe C:\\srv\\index.js
bun run /srv/index.ts
bun /srv/src/index.ts
bunx -y some-mcp@1.0.0
bun x some-mcp
deno run -A npm:some-mcp@1.0.0
deno run --allow-net --allow-env /srv/main.ts
deno run -A jsr:@scope/server
pnpm dlx @scope/server
pnpm --dir /srv/x start
pnpm -C /srv/x run --silent mcp
npm run --silent --prefix /srv/x start:mcp
npm exec -y -- @scope/server@1.0.0
npm --prefix /srv/x start
yarn --cwd /srv/x --silent start
yarn dlx @scope/server
tsx /srv/src/index.ts
java -jar /srv/server.jar
java -Dspring.ai.mcp.server.stdio=true -Dlogging.pattern.console= -jar /srv/server.jar --spring.profiles.active=dev
java -cp D:/db/target/db-mcp-fat.jar;D:/db/lib/* com.example.DBMCPServer
dotnet run --project /srv/Server.csproj --no-build
dotnet /srv/Server.dll
dnx My.Mcp.Server@1.0.0 --yes
go run github.com/example/mcp-server@latest
go run ./cmd/server
cargo run --release --manifest-path /srv/Cargo.toml
ruby /srv/server.rb
php /srv/artisan mcp:serve
php -d memory_limit=512M /srv/server.php
docker run -i --rm mcp/time
docker run --rm -i --name cockroachdb-mcp-server -e CRDB_HOST=h -e CRDB_PORT=1 mcp-cockroachdb
docker run -i --rm -e GITHUB_PERSONAL_ACCESS_TOKEN ghcr.io/github/github-mcp-server ;; GITHUB_PERSONAL_ACCESS_TOKEN=x
docker run -i --rm --mount type=bind,src=/Users/me/Desktop,dst=/projects/Desktop --mount type=bind,src=/Users/me/x,dst=/projects/x,ro mcp/filesystem /projects
docker run -i --rm -v mcp-test:/mcp mcp/sqlite --db-path /mcp/test.db
docker run -i --rm -v /host/excel_files:/app/excel_files -e EXCEL_FILES_PATH=/app/excel_files isoittech/excel-mcp-server
docker run -i --rm --init -e DOCKER_CONTAINER=true mcp/puppeteer
docker run -i --rm --network=host -e DATABASE_URI crystaldba/postgres-mcp --access-mode=unrestricted ;; DATABASE_URI=postgresql://u:p@localhost:5432/db
docker run --rm --interactive --env FASTMCP_LOG_LEVEL=ERROR xebiams/terraform-mcp-server:latest
docker run -i --rm --read-only --security-opt no-new-privileges --memory 256m -e GITHUB_TOKEN img:1 ;; GITHUB_TOKEN=x
docker run -i --rm -v /var/run/docker.sock:/var/run/docker.sock mcp/docker
docker run -i --rm --add-host=host.docker.internal:host-gateway -p 8080:8080 --user 1000:1000 img:1
docker run -i --rm -v C:\\Users\\me\\data:/data img:1
docker exec -i my-container node /app/index.js
docker compose -f /srv/compose.yaml run --rm mcp
docker compose exec -T app php artisan mcp
docker mcp gateway run
podman run -i --rm quay.io/x/y:1.2
env API_KEY=x npx -y @scope/server
op run --env-file=/srv/.env -- npx -y @scope/server
doppler run -- node /srv/index.js
mise exec node@22 -- npx -y @scope/server
conda run -n mcp --no-capture-output python /srv/server.py
poetry -C /srv/x run python -m server
poetry run mcp-server
nix run github:utensils/mcp-nixos --
bash /srv/run.sh --headless
powershell -ExecutionPolicy Bypass -File C:/srv/mcp-proxy.ps1
wsl.exe npx -y @scope/server
/opt/homebrew/bin/github-mcp-server stdio ;; GITHUB_PERSONAL_ACCESS_TOKEN=x
github-mcp-server stdio --toolsets all
system-review-graph-mcp
abus --as claude mcp
mcp-server-time
claude mcp serve
codex mcp-server
gemini-mcp --stdio
./build/my-server
"/Applications/Some App.app/Contents/MacOS/server" --mcp
"C:\\Program Files\\Server\\server.exe" --mcp
terraform-mcp-server stdio ;; TFE_TOKEN=x
kubectl-mcp serve ;; KUBECONFIG=/Users/me/.kube/config
grafana-mcp ;; HTTPS_PROXY=http://proxy.example:3128 ;; NO_PROXY=localhost
https://mcp.linear.app/mcp
https://api.githubcopilot.com/mcp/ ;; Authorization=Bearer ghp_x
https://mcp.context7.com/mcp ;; CONTEXT7_API_KEY=x
https://mcp.exa.ai/mcp?exaApiKey=x
https://mcp.notion.com/mcp
https://mcp.atlassian.com/v2/mcp
https://api.example.com/mcp-tools/v1 ;; Authorization=Bearer remote_api_token ;; X-Request-Source=massgen
https://mcp.tickets.example.com:8443/mcp ;; X-Api-Key=k
http://localhost:8000/mcp
http://127.0.0.1:3000/sse
http://localhost:8765/mcp ;; Authorization=Bearer local
http://[::1]:8080/mcp
http://host.localhost:9000/mcp
`;

export const REAL_ENTRIES: readonly ServerSketch[] = ENTRIES.trim()
  .split("\n")
  .map((line) => {
    const [first = "", ...pairs] = line.split(" ;; ");
    const named = Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
    if (/^https?:/.test(first)) return { url: first, headers: named };
    const argv = Array.from(first.matchAll(/"([^"]*)"|(\S+)/g), (match) => match[1] ?? match[2] ?? "");
    return { argv, env: named };
  });
