/** The system's Chromium, and pages that fail a test for anything a user's console or network panel would show. */
import { existsSync } from "node:fs";
import { chromium, type Browser, type Page } from "playwright-core";

const PLACES = [
  process.env["CHROMIUM"] ?? "",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];
/** Where it is, or undefined. */
export const CHROMIUM = PLACES.find(place => place !== "" && existsSync(place));
/** For the titles of tests that need it. */
export const SKIPPED =
  CHROMIUM === undefined ? " (skipped: no Chromium found; install it or set CHROMIUM to its path)" : "";

export const launch = (): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM ?? "", args: ["--no-sandbox", "--disable-gpu"] });

export interface Watched {
  readonly page: Page;
  /** Errors, console errors and warnings, and every request that is not for a file: none in a page that works. */
  readonly complaints: string[];
}
export async function open(
  browser: Browser,
  url: string,
  options: { width?: number; dark?: boolean } = {},
): Promise<Watched> {
  const page = await browser.newPage({
    viewport: { width: options.width ?? 1280, height: 900 },
    colorScheme: options.dark === true ? "dark" : "light",
  });
  const complaints: string[] = [];
  page.on("pageerror", error => complaints.push(`error: ${error.message}`));
  page.on("console", message => {
    if (["error", "warning"].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on("request", request => {
    if (!/^(file|data|blob):/.test(request.url())) complaints.push(`request: ${request.url()}`);
  });
  page.on("requestfailed", request => {
    const asked = complaints.indexOf(`request: ${request.url()}`);
    // A request that the page's policy stopped never left.
    if (request.failure()?.errorText === "csp" && asked >= 0) complaints.splice(asked, 1);
  });
  await page.goto(url);
  await page.waitForSelector("html[data-ready]", { state: "attached" });
  return { page, complaints };
}
