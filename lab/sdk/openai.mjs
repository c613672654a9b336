// What an unmodified OpenAI client does to a server, one scenario a line of JSON:
//   {"scenario": "stream", "ok": true, "detail": "..."}
//
//   node openai.mjs <base URL, as the client wants it: http://host:port/v1> <model> [scenario ...]
//
// OPENAI_API_KEY is sent where it is set. Exit status 1 if a scenario fails, 2 if called wrongly.
import OpenAI from "openai";

const [baseURL, model, ...asked] = process.argv.slice(2);
if (!model) {
  console.error("usage: node openai.mjs <base URL> <model> [scenario ...]");
  process.exit(2);
}

// No retries: a scenario shows what the server says, not what the client makes of it.
const client = new OpenAI({
  baseURL,
  apiKey: process.env.OPENAI_API_KEY ?? "none",
  maxRetries: 0,
  timeout: 20_000,
});

const messages = [{ role: "user", content: "Once upon a time, there was a little" }];
const weather = {
  type: "function",
  function: {
    name: "get_weather",
    description: "The weather in a city",
    parameters: {
      type: "object",
      properties: { city: { type: "string" } },
      required: ["city"],
    },
  },
};

const scenarios = {
  async plain() {
    const answer = await client.chat.completions.create({ model, messages, max_tokens: 16 });
    const [choice] = answer.choices;
    check(choice.message.role === "assistant", `role is ${choice.message.role}`);
    check(choice.message.content.length > 0, "no content");
    check(["stop", "length"].includes(choice.finish_reason), `finish_reason ${choice.finish_reason}`);
    checkUsage(answer.usage);
    return `${answer.usage.completion_tokens} tokens, ${choice.finish_reason}`;
  },

  async stream() {
    const stream = await client.chat.completions.create({
      model,
      messages,
      max_tokens: 16,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = "";
    let deltas = 0;
    let reason;
    let usage;
    const ids = new Set();
    for await (const chunk of stream) {
      ids.add(chunk.id);
      const choice = chunk.choices[0];
      if (choice?.delta.content) {
        text += choice.delta.content;
        deltas += 1;
      }
      reason = choice?.finish_reason ?? reason;
      if (chunk.usage) {
        usage = chunk.usage;
        check(chunk.choices.length === 0 || reason, "usage came before the end");
      }
    }
    check(text.length > 0, "no content");
    check(deltas > 1, "the answer came in one piece");
    check(["stop", "length"].includes(reason), `finish_reason ${reason}`);
    check(ids.size === 1, `${ids.size} different ids in one stream`);
    checkUsage(usage);
    return `${deltas} deltas, ${reason}`;
  },

  async tool() {
    const answer = await client.chat.completions.create({
      model,
      messages,
      max_tokens: 64,
      tools: [weather],
      tool_choice: "required",
    });
    return checkToolCall(answer.choices[0]);
  },

  // The client's own accumulator puts the call together, and is strict about its pieces.
  async "tool-stream"() {
    const stream = client.chat.completions.stream({
      model,
      messages,
      max_tokens: 64,
      tools: [weather],
      tool_choice: "required",
    });
    return checkToolCall((await stream.finalChatCompletion()).choices[0]);
  },

  async error() {
    try {
      await client.chat.completions.create({ model: "no-such-model", messages, max_tokens: 16 });
    } catch (error) {
      check(error instanceof OpenAI.NotFoundError, `${error.constructor.name}: ${error.message}`);
      check(error.status === 404, `status ${error.status}`);
      check(error.code, "the error has no code");
      check(error.message.includes("no-such-model"), `the message does not name the model: ${error.message}`);
      return `${error.code}: ${error.message}`;
    }
    throw new Error("an unknown model was answered");
  },

  async cancel() {
    const abort = new AbortController();
    const stream = await client.chat.completions.create(
      { model, messages, max_tokens: 2000, ignore_eos: true, stream: true },
      { signal: abort.signal },
    );
    let chunks = 0;
    let left;
    for await (const chunk of stream) {
      chunks += 1;
      check(!chunk.choices[0]?.finish_reason, "it ended before it could be cancelled");
      if (left === undefined && chunk.choices[0]?.delta.content) {
        left = performance.now();
        abort.abort();
      }
    }
    check(left !== undefined, "no content to cancel after");
    const took = performance.now() - left;
    check(took < 2000, `the client came back only ${Math.round(took)} ms after it had cancelled`);
    return `left after ${chunks} chunks`;
  },
};

function check(condition, otherwise) {
  if (!condition) throw new Error(otherwise);
}

function checkUsage(usage) {
  check(usage, "no usage");
  check(usage.prompt_tokens > 0 && usage.completion_tokens > 0, `usage ${JSON.stringify(usage)}`);
  check(
    usage.total_tokens === usage.prompt_tokens + usage.completion_tokens,
    `usage does not add up: ${JSON.stringify(usage)}`,
  );
}

function checkToolCall(choice) {
  check(choice.finish_reason === "tool_calls", `finish_reason ${choice.finish_reason}`);
  const [call] = choice.message.tool_calls ?? [];
  check(call, "no tool call");
  check(call.id, "the tool call has no id");
  check(call.type === "function", `type ${call.type}`);
  check(call.function.name === weather.function.name, `it calls ${call.function.name}`);
  const args = JSON.parse(call.function.arguments);
  check(typeof args === "object", `arguments ${call.function.arguments}`);
  return `${call.function.name}(${call.function.arguments})`;
}

const names = asked.length > 0 ? asked : Object.keys(scenarios);
const unknown = names.filter((name) => !(name in scenarios));
if (unknown.length > 0) {
  console.error(`no scenario ${unknown.join(", ")}; there are ${Object.keys(scenarios).join(", ")}`);
  process.exit(2);
}
for (const scenario of names) {
  let ok = true;
  let detail;
  try {
    detail = await scenarios[scenario]();
  } catch (error) {
    ok = false;
    detail = `${error.constructor.name}: ${error.message}`;
    process.exitCode = 1;
  }
  console.log(JSON.stringify({ scenario, ok, detail }));
}
