"""The Python protocol library as a meter of bench/mcp: one JSON request per line in, one JSON answer per line out.

Started with the server's command as arguments. {"tool", "key", "text", "from", "count"} measures calls one after the other (milliseconds of each);
{"tool", "key", "text", "from", "batches", "width"} measures batches of parallel calls (calls per second).
"""

import asyncio
import json
import sys
import time

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client


async def measure(session, order):
    def ask(n):
        return session.call_tool(order["tool"], {order["key"]: str(n) if order["text"] else n})

    n = order["from"]
    if "count" in order:
        times = []
        for at in range(order["count"]):
            began = time.perf_counter()
            result = await ask(n + at)
            times.append((time.perf_counter() - began) * 1000)
            if str(n + at) not in result.content[0].text:
                raise RuntimeError(f"{result.content[0].text} instead of {n + at}")
        return times
    began = time.perf_counter()
    for batch in range(order["batches"]):
        await asyncio.gather(*(ask(n + batch * order["width"] + at) for at in range(order["width"])))
    return order["batches"] * order["width"] / (time.perf_counter() - began)


async def main(command, *args):
    loop = asyncio.get_running_loop()
    async with stdio_client(StdioServerParameters(command=command, args=list(args))) as (read, write):
        async with ClientSession(read, write) as session:
            await session.initialize()
            print("ready", flush=True)
            while line := await loop.run_in_executor(None, sys.stdin.readline):
                print(json.dumps(await measure(session, json.loads(line))), flush=True)


asyncio.run(main(*sys.argv[1:]))
