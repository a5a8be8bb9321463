"""The same screen in Python's rich, the library of the Python program's display, under the same load: usage `display-rich.py SECONDS`."""
import json
import resource
import sys
import time

from rich.console import Console, Group
from rich.layout import Layout
from rich.live import Live
from rich.panel import Panel
from rich.text import Text

AGENTS = ["alice", "bob", "carol", "dave"]
WORDS = ["the", "cache", "answers", "缓存", "quickly", "where", "headers", "👩‍👩‍👧", "allow", "it,", "and", "otherwise", "asks", "again\n"]
COLUMNS, ROWS, RATE, FRAME_S, STEP_S = 160, 40, 500, 1 / 30, 0.01
seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
console = Console(force_terminal=True, color_system="truecolor", width=COLUMNS, height=ROWS, file=sys.stdout)
texts = {name: "" for name in AGENTS}
frames = 0


def screen() -> Layout:
    layout = Layout()
    layout.split_column(Layout(name="head", size=2), Layout(name="body"), Layout(name="foot", size=1))
    layout["head"].update(Group(Text("MassGen How should a web page be cached?", style="bold"), Text("  ".join(AGENTS), style="dim")))
    layout["body"].split_row(*(Layout(column(index, name)) for index, name in enumerate(AGENTS)))
    layout["foot"].update(Text("? help  q leave", style="dim"))
    return layout


def column(index: int, name: str) -> Panel:
    height, width = ROWS - 5, COLUMNS // len(AGENTS) - 4
    lines = []
    for line in texts[name].split("\n")[-height:]:
        lines += [line[at : at + width] for at in range(0, max(1, len(line)), width)]
    return Panel(Text("\n".join(lines[-height:]), overflow="crop", no_wrap=True), title=f"{index + 1} {name} gemini gemini-2.5-flash  writing", border_style="cyan")


started, cpu_started = time.monotonic(), time.process_time()
sent, half = 0, 0.0
rss = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
with Live(screen(), console=console, auto_refresh=False, screen=True) as live:
    due_frame = started
    while (elapsed := time.monotonic() - started) < seconds:
        due = int(elapsed / STEP_S) * int(RATE * STEP_S) * len(AGENTS)
        while sent < due:
            name = AGENTS[sent % len(AGENTS)]
            texts[name] = (texts[name] + WORDS[(sent >> 2) % len(WORDS)] + " ")[-4000:]
            sent += 1
        if time.monotonic() >= due_frame:
            live.update(screen(), refresh=True)
            frames += 1
            due_frame = max(due_frame + FRAME_S, time.monotonic())
        half = half or (rss() if elapsed > seconds / 2 else 0.0)
        time.sleep(max(0.0, min(due_frame - time.monotonic(), STEP_S)))
used = {"cpuShare": (time.process_time() - cpu_started) / (time.monotonic() - started), "sent": sent, "halfRssMb": half, "endRssMb": rss(), "frames": frames}
print(json.dumps(used), file=sys.stderr)
