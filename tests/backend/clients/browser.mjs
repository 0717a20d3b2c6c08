// Opens the page in two separate profiles of one headless browser, and lets each press its button.
// Usage: browser.mjs <chromium> <package folder> <backend url> <folder for the profile>. Prints JSON.
import { spawn } from "node:child_process";
import http from "node:http";
import { createRequire } from "node:module";
import path from "node:path";

const [chromium, packages, backend, profile] = process.argv.slice(2);
const require = createRequire(path.join(packages, "package.json"));
const fromConvex = createRequire(require.resolve("convex/package.json"));

const bundle = await fromConvex("esbuild").build({
  entryPoints: [
    path.join(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), "page.jsx"),
  ],
  bundle: true,
  write: false,
  format: "esm",
  jsx: "automatic",
  nodePaths: [path.join(packages, "node_modules")],
  define: { "process.env.NODE_ENV": '"production"' },
});
const script = bundle.outputFiles[0].text;
const site = http.createServer((request, response) => {
  const isScript = request.url.startsWith("/page.js");
  response.writeHead(200, { "content-type": isScript ? "text/javascript" : "text/html" });
  response.end(
    isScript ? script : '<!doctype html><div id="root"></div><script type="module" src="/page.js"></script>',
  );
});
await new Promise((resolve) => site.listen(0, "127.0.0.1", resolve));

const browser = spawn(
  chromium,
  [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--remote-debugging-port=0",
  ].concat(`--user-data-dir=${profile}`, "about:blank"),
  { stdio: ["ignore", "ignore", "pipe"] },
);
process.on("exit", () => browser.kill("SIGKILL"));

/** The browser's debugging protocol, over the address that it prints. */
async function connect() {
  const address = await new Promise((resolve, reject) => {
    let text = "";
    browser.stderr.on("data", (data) => {
      text += data;
      const found = /DevTools listening on (ws:\S+)/.exec(text);
      if (found) resolve(found[1]);
    });
    browser.on("exit", () => reject(new Error(`the browser ended: ${text.slice(-2000)}`)));
  });
  const { WebSocket } = fromConvex("ws");
  const socket = new WebSocket(address, { perMessageDeflate: false });
  await new Promise((resolve) => socket.on("open", resolve));
  const pending = new Map();
  socket.on("message", (data) => {
    const { id, result, error } = JSON.parse(data);
    if (id === undefined) return;
    const { resolve, reject } = pending.get(id);
    if (error) reject(new Error(error.message));
    else resolve(result);
  });
  return (method, params = {}, sessionId = undefined) =>
    new Promise((resolve, reject) => {
      const id = pending.size;
      pending.set(id, { resolve, reject });
      socket.send(JSON.stringify({ id, method, params, sessionId }));
    });
}

const send = await connect();

async function openPage(title) {
  const { browserContextId } = await send("Target.createBrowserContext");
  const url = `http://127.0.0.1:${site.address().port}/?backend=${encodeURIComponent(backend)}`;
  const { targetId } = await send("Target.createTarget", { url, browserContextId });
  const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
  const evaluate = async (expression) => {
    const { result } = await send("Runtime.evaluate", { expression, awaitPromise: true }, sessionId);
    return result.value;
  };
  const state = async (expected) => {
    const end = Date.now() + 20_000;
    for (;;) {
      const text = await evaluate('document.getElementById("state")?.textContent');
      if (text === expected || Date.now() > end) return text;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  };
  const press = () =>
    evaluate(`document.title = ${JSON.stringify(title)}; document.querySelector("button").click()`);
  return { state, press };
}

const ada = await openPage("ada");
const bob = await openPage("bob");
const seen = [await ada.state("none"), await bob.state("none")];
await ada.press();
seen.push(await bob.state("ada: hello"));
await bob.press();
seen.push(await ada.state("ada: hello, bob: hello"));
console.log(JSON.stringify(seen));
process.exit(0);
