// Clients of the npm package `openai`, unmodified, each of which wants something once a second,
// whatever came of it before:
//
//   node crowd.mjs <base URL> <clients> <seconds>
//
// Prints one line of JSON: {intents, attempts, upstream, failed}; `attempts` are requests that the
// clients sent, `upstream` what their answers tell of tries of engines.

import OpenAI from "openai";

const [baseURL, clients, seconds] = process.argv.slice(2);
const count = { intents: 0, attempts: 0, upstream: 0, failed: 0 };

async function counted(url, init) {
  count.attempts += 1;
  const answer = await fetch(url, init);
  const tried = answer.headers.get("x-tried")?.split(",").filter((it) => it.includes(":")).length;
  count.upstream += Number(answer.headers.get("x-forebay-attempts") ?? tried ?? 0);
  return answer;
}

async function want(client) {
  count.intents += 1;
  try {
    await client.chat.completions.create({
      model: "lab",
      max_tokens: 4,
      messages: [{ role: "user", content: "hi" }],
    });
  } catch {
    count.failed += 1;
  }
}

const wants = [];
await Promise.all(
  Array.from({ length: Number(clients) }, async () => {
    const client = new OpenAI({ baseURL, apiKey: "none", timeout: 20_000, fetch: counted });
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 1000));
    for (let i = 0; i < Number(seconds); i++) {
      wants.push(want(client));
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }),
);
await Promise.all(wants);
console.log(JSON.stringify(count));
