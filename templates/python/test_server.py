"""Starts the server as MassGen would, and calls its tools: python -m unittest"""
import sys
import unittest
from pathlib import Path

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

SERVER = StdioServerParameters(command=sys.executable, args=[str(Path(__file__).with_name("server.py"))])


class WeatherServer(unittest.IsolatedAsyncioTestCase):
    async def test_lists_its_tools_and_calls_one(self):
        async with stdio_client(SERVER) as (read, write), ClientSession(read, write) as session:
            await session.initialize()
            listing = await session.list_tools()
            self.assertEqual([tool.name for tool in listing.tools], ["cities", "forecast"])
            result = await session.call_tool("forecast", {"city": "Oslo", "month": 7})
            self.assertEqual(result.content[0].text, "Oslo: 17 °C on average in month 7.")

    async def test_tells_the_model_what_was_wrong_with_a_call(self):
        async with stdio_client(SERVER) as (read, write), ClientSession(read, write) as session:
            await session.initialize()
            result = await session.call_tool("forecast", {"city": "Atlantis"})
            self.assertTrue(result.isError)
            self.assertIn("Known cities", result.content[0].text)


if __name__ == "__main__":
    unittest.main()
