// When an unmodified client tries again after a refusal that names a delay. Time is virtual: timers
// are put off and run in turn as soon as nothing else is left to do. One line of JSON a delay:
//   {"package": "openai", "version": "6.49.0", "announced": 7, "attempts": 2, "least": 7, "most": 7}
//
//   node delays.mjs <client> <headers of a refusal as JSON, an array of objects> <times>
//
// Each refusal is a 503; what follows it is a good answer. `least` and `most` are seconds.

import { readFileSync } from "node:fs";

const [name, refusals, times] = process.argv.slice(2);
const PACKAGES = { openai: "openai", ai: "ai", anthropic: "@anthropic-ai/sdk" };

const realFetch = globalThis.fetch;
const realSetTimeout = globalThis.setTimeout;
const realClearTimeout = globalThis.clearTimeout;

let now = 0;
let number = 0;
const timers = new Map();
globalThis.setTimeout = (work, delay = 0, ...args) => {
  const id = ++number;
  timers.set(id, { at: now + delay, work: () => work(...args) });
  const handle = { id, unref: () => handle, ref: () => handle, hasRef: () => true };
  handle[Symbol.toPrimitive] = () => id;
  return handle;
};
globalThis.clearTimeout = (handle) => timers.delete(handle?.id ?? handle);

// Runs what is put off, the earliest first, until the work is done.
async function inVirtualTime(work) {
  let done = false;
  const result = work().finally(() => (done = true));
  while (!done) {
    for (let i = 0; i < 20 && !done; i++) await new Promise((resolve) => setImmediate(resolve));
    if (done) break;
    const [id, next] = [...timers].reduce((a, b) => (b[1].at < a[1].at ? b : a), [0, { at: Infinity }]);
    if (next.work) {
      timers.delete(id);
      now = next.at;
      next.work();
    }
  }
  return result;
}

const GOOD = {
  openai: {
    id: "x",
    object: "chat.completion",
    created: 1,
    model: "lab",
    choices: [{ index: 0, message: { role: "assistant", content: "ok" }, finish_reason: "stop" }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  },
  anthropic: {
    id: "x",
    type: "message",
    role: "assistant",
    model: "lab",
    content: [{ type: "text", text: "ok" }],
    stop_reason: "end_turn",
    usage: { input_tokens: 1, output_tokens: 1 },
  },
};

let attempts = [];
let headers = {};
globalThis.fetch = async () => {
  attempts.push(now);
  const good = attempts.length > 1;
  const body = good
    ? (GOOD[name] ?? GOOD.openai)
    : { error: { message: "no replica can take this call now", type: "server_error", code: "no_replica" } };
  return new Response(JSON.stringify(body), {
    status: good ? 200 : 503,
    headers: { "content-type": "application/json", ...(good ? {} : headers) },
  });
};

const { connect } = await import(`./${name}.mjs`);
const version = JSON.parse(readFileSync(`node_modules/${PACKAGES[name]}/package.json`)).version;
for (headers of JSON.parse(refusals)) {
  const seen = { package: PACKAGES[name], version, attempts: 0, least: null, most: null };
  for (let i = 0; i < Number(times); i++) {
    attempts = [];
    const client = connect({ baseURL: "http://127.0.0.1:9/v1", apiKey: "none", headers: {} });
    await inVirtualTime(() =>
      client.plain({ model: "lab", prompt: "hi", maxTokens: 4 }).catch(() => {}),
    );
    seen.attempts = Math.max(seen.attempts, attempts.length);
    if (attempts.length > 1) {
      const waited = (attempts[1] - attempts[0]) / 1000;
      seen.least = Math.min(seen.least ?? waited, waited);
      seen.most = Math.max(seen.most ?? waited, waited);
    }
  }
  console.log(JSON.stringify(seen));
}
globalThis.setTimeout = realSetTimeout;
globalThis.clearTimeout = realClearTimeout;
globalThis.fetch = realFetch;
process.exit(0);
