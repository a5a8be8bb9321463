// Makes what models, tools and servers wrote harmless for a terminal.

const CONTROLS = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/g;

/** Control characters become visible or vanish; line breaks stay, tabs become spaces. */
export function neutralise(text: string): string {
  return text.replace(/\r\n/g, "\n").replace(/\t/g, "    ").replace(CONTROLS, visible);
}

const visible = (control: string): string => {
  const code = control.charCodeAt(0);
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? "\u2421" : "\uFFFD";
};
