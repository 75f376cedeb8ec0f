/** Colours as functions, which are the identity where nobody sees them. Only the 8 basic colours: they follow the reader's theme. */

export type Paint = (text: string) => string;
export interface Style {
  readonly colour: boolean;
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
  readonly cyan: Paint;
}

const paint =
  (on: boolean, open: number, close: number): Paint =>
  text =>
    on && text !== "" ? `\u001b[${open}m${text}\u001b[${close}m` : text;

export const makeStyle = (colour: boolean): Style => ({
  colour,
  bold: paint(colour, 1, 22),
  dim: paint(colour, 2, 22),
  red: paint(colour, 31, 39),
  green: paint(colour, 32, 39),
  yellow: paint(colour, 33, 39),
  cyan: paint(colour, 36, 39),
});

/** No colours: files, pipes, CI. */
export const PLAIN = makeStyle(false);

const ESCAPES = /\u001b\[[0-9;?]*[A-Za-z]/g;
// Control characters of a program's own output must not reach the terminal.
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;

/** Columns that `text` takes on a terminal, escapes left out. East Asian wide characters and emoji count two. */
export const widthOf = (text: string): number => {
  let width = 0;
  for (const char of text.replace(ESCAPES, "")) width += WIDE.test(char) ? 2 : MARK.test(char) ? 0 : 1;
  return width;
};
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
const MARK = /\p{Mn}|\p{Me}|\u200b|\u200d|\ufe0f/u;

/** One printable line: escapes and control characters of a program's own output become spaces. */
export const oneLine = (text: string): string =>
  text.replace(ESCAPES, "").replace(CONTROL, " ").replace(/ +/g, " ").trim();

/** At most `width` columns, with "…" where something was cut. For text without escapes. */
export const clip = (text: string, width: number): string => {
  if (widthOf(text) <= width) return text;
  let kept = "";
  let used = 0;
  for (const char of text) {
    used += widthOf(char);
    if (used > width - 1) break;
    kept += char;
  }
  return `${kept}…`;
};

export const padEnd = (text: string, width: number): string => text + " ".repeat(Math.max(0, width - widthOf(text)));
export const padStart = (text: string, width: number): string => " ".repeat(Math.max(0, width - widthOf(text))) + text;
