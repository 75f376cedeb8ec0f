/** Serves the page on this machine and bundles it anew at every visit: `node serve.ts [PORT]`. */
import { createServer } from "node:http";
import { pageText } from "./build.ts";

const port = Number(process.argv[2] ?? 8123);
const server = createServer((request, response) => {
  if (new URL(request.url ?? "/", "http://localhost").pathname !== "/") {
    response.writeHead(404).end();
    return;
  }
  pageText().then(
    text =>
      response.writeHead(200, { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" }).end(text),
    (error: unknown) => response.writeHead(500, { "content-type": "text/plain" }).end(String(error)),
  );
});
server.listen(port, "127.0.0.1", () => console.log(`http://localhost:${port}/`));
