// The look of an exported page: readable on paper and on a phone, light and dark, with nothing loaded from anywhere.

export const STYLE = `
:root { color-scheme: light dark; --ink: #1c1e21; --paper: #fff; --soft: #f2f3f5; --line: #d5d8dc; --turn: #9db7e8; --present: #8fd1a8; --mark: #b4530a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e7e9; --paper: #17191c; --soft: #22252a; --line: #3a3f46; --turn: #3f5f9c; --present: #2f7a4c; --mark: #ffb066; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.6rem; line-height: 1.25; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2rem 0 .6rem; border-bottom: 1px solid var(--line); padding-bottom: .2rem; }
h3, h4 { margin: .4rem 0; }
.kind, .legend { opacity: .75; font-size: .85rem; margin: .2rem 0; }
pre { background: var(--soft); padding: .7rem .9rem; border-radius: .4rem; white-space: pre-wrap; overflow-wrap: anywhere; font: 14px/1.5 ui-monospace, monospace; margin: .3rem 0; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1rem; }
article { border: 1px solid var(--line); border-radius: .5rem; padding: .8rem; min-width: 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid var(--line); }
th, td:nth-child(-n+2) { white-space: nowrap; } td:nth-child(3) { min-width: 14rem; overflow-wrap: anywhere; }
.bad { color: var(--mark); }
svg { width: 100%; min-width: 40rem; height: auto; font: 12px system-ui, sans-serif; }
svg text { fill: currentColor; } svg .grid { stroke: var(--line); } svg .turn { fill: var(--turn); } svg .presentation { fill: var(--present); }
svg .answer { fill: var(--ink); } svg .vote { fill: none; stroke: var(--mark); stroke-width: 2.5; } svg .tool { stroke: var(--mark); stroke-width: 1.5; }
`;
