/** The fenced blocks of a page, with what the page says about them. */

export interface Block {
  /** Line of the opening fence, from 1. */
  readonly line: number;
  /** "ts", "sh", "yaml", ...; "" for plain text. */
  readonly language: string;
  /** From "```yaml study.yaml": the file that the block is. */
  readonly file: string | undefined;
  readonly text: string;
  /** From `<!-- not run: reason -->` on the line before. */
  readonly notRun: string | undefined;
}

export interface Page {
  readonly path: string;
  readonly blocks: readonly Block[];
  /** `<!-- same folder -->`: the page's blocks share one folder, in order. */
  readonly sameFolder: boolean;
}

const MARK = /^\s*<!--\s*not run:\s*(.*?)\s*-->\s*$/;

export const parsePage = (path: string, text: string): Page => {
  const lines = text.split(/\r?\n/);
  const blocks: Block[] = [];
  let sameFolder = false;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? "";
    if (/^\s*<!--\s*same folder\s*-->\s*$/.test(line)) sameFolder = true;
    const [, indent = "", fence, language = "", file] =
      /^(\s*)(`{3,})\s*([\w+-]*)(?:[ \t]+(\S+))?\s*$/.exec(line) ?? [];
    if (fence === undefined) continue;
    const start = i;
    const body: string[] = [];
    for (i++; i < lines.length && (lines[i] ?? "").trim() !== fence; i++) {
      const inner = lines[i] ?? "";
      body.push(inner.startsWith(indent) ? inner.slice(indent.length) : inner);
    }
    if (i === lines.length) throw new Error(`${path}:${start + 1}: the block is not closed`);
    let above = start - 1;
    while (above >= 0 && (lines[above] ?? "").trim() === "") above--;
    const notRun = MARK.exec(lines[above] ?? "")?.[1];
    if (notRun === "") throw new Error(`${path}:${above + 1}: "not run" needs a reason`);
    blocks.push({ line: start + 1, language: language.toLowerCase(), file, text: `${body.join("\n")}\n`, notRun });
  }
  return { path, blocks, sameFolder };
};
