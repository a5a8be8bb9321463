"""A weather server on standard input and output. Begin with the tools below; log to standard error only."""
from mcp.server.fastmcp import FastMCP
from mcp.types import ToolAnnotations

server = FastMCP("weather")

# Mean temperatures in degrees Celsius, January to December. Replace this by a real source.
CLIMATE = {
    "Lisbon": [11, 12, 14, 16, 18, 21, 23, 24, 22, 19, 15, 12],
    "Oslo": [-4, -4, 0, 5, 11, 15, 17, 16, 12, 6, 1, -3],
    "Nairobi": [20, 21, 21, 20, 19, 18, 17, 18, 19, 20, 19, 19],
    "Sydney": [23, 23, 22, 19, 16, 13, 12, 14, 16, 19, 20, 22],
}

# Be honest here: MassGen runs read-only tools side by side and shares their answers between agents.
READ_ONLY = ToolAnnotations(readOnlyHint=True, idempotentHint=True)


@server.tool(annotations=READ_ONLY)
def cities() -> str:
    """Lists the cities whose weather is known."""
    return "\n".join(CLIMATE)


@server.tool(annotations=READ_ONLY)
def forecast(city: str, month: int = 1) -> str:
    """Says how warm a city is in a month (1 to 12). Without a month: in January."""
    if city not in CLIMATE:
        raise ValueError(f"There is no weather for {city!r}. Known cities: {', '.join(CLIMATE)}.")
    if not 1 <= month <= 12:
        raise ValueError("The month must be 1 to 12.")
    return f"{city}: {CLIMATE[city][month - 1]} °C on average in month {month}."


if __name__ == "__main__":
    server.run()
