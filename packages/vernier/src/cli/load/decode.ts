/** From the bytes of a study file to its text. */
import { VernierError } from "../../math/errors.ts";

/** No study file is near this size; a file that is has been named by mistake. */
export const MOST_BYTES = 1 << 20;

const refuse = (name: string, fact: string, next: string): VernierError =>
  new VernierError("E_STUDY_FILE_ENCODING", `${name} ${fact}. A study file is a text in UTF-8. ${next}`);

/** Is every second byte of the beginning zero? Then it is UTF-16 without a byte-order mark. */
const looksLikeUtf16 = (bytes: Uint8Array): boolean => {
  const head = bytes.subarray(0, 64);
  const zeros = head.reduce((sum, byte, i) => sum + (byte === 0 && (i % 2 === 1 || head[0] === 0) ? 1 : 0), 0);
  return head.length >= 4 && zeros >= head.length / 4;
};

/** @throws VernierError E_STUDY_FILE_SIZE, E_STUDY_FILE_ENCODING */
export const decodeText = (name: string, bytes: Uint8Array | string): string => {
  if (bytes.length > MOST_BYTES) throw tooLarge(name, bytes.length);
  if (typeof bytes === "string") return bytes;
  const [a, b] = bytes;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff) || looksLikeUtf16(bytes))
    throw refuse(name, "is written in UTF-16", "Save it as UTF-8, or: iconv -f UTF-16 -t UTF-8.");
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const good = new TextDecoder("utf-8").decode(bytes).split("\ufffd")[0] ?? "";
    const line = good.split("\n").length;
    throw refuse(name, `has bytes in line ${line} that are no UTF-8`, "Save it as UTF-8.");
  }
  if (text.includes("\0")) throw refuse(name, "has zero bytes: it is no text", "Name the study file itself.");
  return text;
};

export const tooLarge = (name: string, size: number): VernierError =>
  new VernierError(
    "E_STUDY_FILE_SIZE",
    `${name} has ${(size / 2 ** 20).toFixed(1)} MiB. A study file has at most ${MOST_BYTES / 2 ** 20} MiB. Name the study file itself, not its data.`,
  );
