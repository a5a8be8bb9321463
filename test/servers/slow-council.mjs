// A council that thinks aloud at reading speed: an OpenAI-compatible server for watching the displays. Prints its address, ends with its input.
// Usage: node slow-council.mjs [milliseconds per word]
import { createServer } from "node:http";

const pace = Number(process.argv[2] ?? 15);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
let requests = 0;

const PERSONAS = {
  alice: {
    thought:
      "The question asks for a comparison. I should name the criteria first, then go through them one by one and end with a clear advice.",
    text: "A cache helps where the same page is asked for often and changes rarely. Three ways come to mind:\n\n1. the browser's own cache, steered by headers\n2. a proxy in front of the server\n3. a cache inside the application\n\nThe first is free, the second serves everybody, the third knows what changed.",
  },
  bob: {
    thought: "Let me consider latency, staleness and cost of running it. 缓存是一个古老的问题。 Emoji as well: 🚀 and 👩‍👩‍👧.",
    text: "Short answer: start with headers. `Cache-Control: max-age=60` costs one line.\n\n| way | effort | staleness |\n|---|---|---|\n| headers | none | up to max-age |\n| proxy | small | purge needed |\n| application | large | none |\n\nOnly then add a proxy.",
  },
  carol: {
    thought: "Purging is the hard part, so I would look at who knows about changes.",
    text: "The decision depends on who knows that a page has changed. If only the application knows, it must tell the proxy, and then the proxy is the better place. שלום means peace; mixed directions must not break columns.",
  },
};

const personaOf = (body) => PERSONAS[body.model] ?? PERSONAS.alice;
const toolNames = (body) => (body.tools ?? []).map((tool) => tool.function.name);
const votable = (body) => body.tools.find((tool) => tool.function.name === "vote")?.function.parameters?.properties?.agent_id?.enum ?? [];
const toolResults = (body) => body.messages.filter((message) => message.role === "tool").length;

/** What this request is answered with: words to stream, then calls. */
function replyTo(body) {
  const persona = personaOf(body);
  const names = toolNames(body);
  const lookup = names.find((name) => /__(?:get-sum|echo|trigger-elicitation-request)$/.test(name));
  if (names.includes("vote"))
    return {
      reasoning: "I compare the answers.",
      calls: [{ name: "vote", arguments: { agent_id: votable(body).at(-1), reason: "It gives a clear order of steps." } }],
    };
  if (!names.includes("new_answer"))
    return {
      text: `# Three ways to cache a web page\n\n${PERSONAS.bob.text}\n\n**Advice:** begin with headers.\n\n\`\`\`http\nCache-Control: public, max-age=60\n\`\`\`\n`,
    };
  if (lookup !== undefined && toolResults(body) === 0) {
    const input = lookup.endsWith("get-sum") ? { a: 60, b: 3540 } : lookup.endsWith("echo") ? { message: "cache" } : {};
    return { reasoning: persona.thought, text: "Let me look something up.", calls: [{ name: lookup, arguments: input }] };
  }
  return { reasoning: persona.thought, text: persona.text, calls: [{ name: "new_answer", arguments: { content: persona.text } }] };
}

async function stream(body, response) {
  const id = ++requests;
  const send = (delta, finish = null) =>
    response.write(
      `data: ${JSON.stringify({ id: `c${id}`, object: "chat.completion.chunk", created: 1, model: body.model, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`,
    );
  const { reasoning = "", text = "", calls = [] } = replyTo(body);
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const word of reasoning.match(/\s*\S+/g) ?? []) {
    send({ reasoning_content: word });
    await sleep(pace);
  }
  for (const word of text.match(/\s*\S+/g) ?? []) {
    send({ content: word });
    await sleep(pace);
  }
  calls.forEach((call, index) =>
    send({
      tool_calls: [
        { index, id: `call_${id}_${index}`, type: "function", function: { name: call.name, arguments: JSON.stringify(call.arguments) } },
      ],
    }),
  );
  send({}, calls.length > 0 ? "tool_calls" : "stop");
  response.write(
    `data: ${JSON.stringify({ id: `c${id}`, object: "chat.completion.chunk", created: 1, model: body.model, choices: [], usage: { prompt_tokens: 400, completion_tokens: 120, total_tokens: 520 } })}\n\n`,
  );
  response.end("data: [DONE]\n\n");
}

const server = createServer(async (request, response) => {
  let text = "";
  for await (const chunk of request) text += chunk;
  if (request.method !== "POST") return response.writeHead(200, { "content-type": "application/json" }).end('{"object":"list","data":[]}');
  await stream(JSON.parse(text), response);
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`http://127.0.0.1:${server.address().port}/v1\n`));
process.stdin.on("end", () => process.exit(0)).resume();
