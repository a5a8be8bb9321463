// Whether a form's words ask for a secret. The protocol forbids it in forms; a page of the server's own (URL mode) is the place for it.

const SECRETS = [
  "pass(?:word|wd|phrase|code)s?|pwd|passwor[dt]|kennwort|mot de passe|contraseña|contrasena|senha|пароль",
  "secrets?|token|credentials?|(?:api|private|secret|access|signing|encryption|ssh) keys?|apikeys?|recovery codes?|seed phrase|mnemonic",
].join("|");
const NUMBERS = "pin|pin (?:code|number)|otp|(?:one time|verification|security) code|cvv|cvc|(?:credit |debit )?card (?:number|no)";
/** Languages without spaces between words. */
const UNSPACED = /密码|密碼|パスワード|비밀번호/;

const secretNumber = new RegExp(` (?:${NUMBERS}) `);
const secretText = new RegExp(` (?:${SECRETS}|${NUMBERS}) `);
const AT_MOST = 1_000;

/** A name in camelCase or with underscores counts as its words. */
export function asksForSecret(words: string, kind: "text" | "number"): boolean {
  const short = words.slice(0, AT_MOST);
  const plain = short.replace(/(\p{Ll}|\d)(\p{Lu})/gu, "$1 $2").toLowerCase();
  const spaced = ` ${plain.split(/[^\p{L}\p{M}\d]+/u).join(" ")} `;
  return kind === "number" ? secretNumber.test(spaced) : secretText.test(spaced) || UNSPACED.test(spaced);
}
