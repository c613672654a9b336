// What an unmodified client does to a server, one scenario a line of JSON:
//   {"scenario": "stream", "ok": true, "detail": "..."}
//
//   node run.mjs <client> <base URL, as the client wants it> <model> [scenario ...]
//
// The client is the name of a module beside this one. It exports `connect(options)`, which returns
//   plain(ask)           a whole answer: {text, ended, usage: {input, output}, requestId}
//   stream(ask, onText)  a streamed one: the same, with `pieces`; `ask.signal` leaves it
//   tool(ask)            a tool call that is required: {id, name, args, ended}
//   toolStream(ask)      the same, put together from a stream
//   models(), embed(texts)  where the client has them
//   refusal(error)       the client's own type of error taken apart, whatever else is thrown:
//                        {type, status, code, message, requestId}
// `ended` is stop, length or tool. Scenarios run side by side. PROVIDER_KEY is sent where it is set.
// Exit status 1 if a scenario fails, 2 if called wrongly.

const [name, baseURL, model, ...asked] = process.argv.slice(2);
if (!model) {
  console.error("usage: node run.mjs <client> <base URL> <model> [scenario ...]");
  process.exit(2);
}
const { connect } = await import(`./${name}.mjs`);

const REQUEST_ID = `${name}-scenario-7`;
const PROMPT = "Once upon a time, there was a little";
const LARGE = "前池に水🌊 ".repeat(128 * 1024); // 2 MiB and more
const weather = {
  name: "get_weather",
  description: "The weather in a city",
  schema: {
    type: "object",
    properties: { city: { type: "string" } },
    required: ["city"],
    additionalProperties: false,
  },
};

// No retries: a scenario shows what the server says, not what the client makes of it.
function client(options) {
  return connect({
    baseURL,
    apiKey: process.env.PROVIDER_KEY ?? "none",
    timeout: 20_000,
    maxRetries: 0,
    headers: { "x-request-id": REQUEST_ID },
    ...options,
  });
}

function ask(more) {
  return { model, prompt: PROMPT, maxTokens: 16, ...more };
}

const scenarios = {
  async plain() {
    const answer = await client().plain(ask());
    checkText(answer);
    return `${answer.usage.output} tokens, ${answer.ended}`;
  },

  async stream() {
    const answer = await client().stream(ask());
    checkText(answer);
    check(answer.pieces > 1, "the answer came in one piece");
    return `${answer.pieces} pieces, ${answer.ended}`;
  },

  async tool() {
    return checkToolCall(await client().tool(ask({ maxTokens: 64, tool: weather })));
  },

  async "tool-stream"() {
    return checkToolCall(await client().toolStream(ask({ maxTokens: 64, tool: weather })));
  },

  async error() {
    const { type, status, code, message } = await refused((it) =>
      it.plain(ask({ model: "no-such-model" })),
    );
    check(status === 404, `status ${status}`);
    check(code, "the error has no code");
    check(message.includes("no-such-model"), `the message does not name the model: ${message}`);
    return `${type} ${code}: ${message}`;
  },

  async cancel() {
    const abort = new AbortController();
    let left;
    try {
      const answer = await client().stream(
        ask({ maxTokens: 2000, endless: true, signal: abort.signal }),
        () => {
          left ??= performance.now();
          abort.abort();
        },
      );
      check(left !== undefined, "no content to cancel after");
      check(answer.ended === undefined, "it ended before it could be cancelled");
    } catch (error) {
      if (left === undefined || error instanceof Failure) throw error;
    }
    const took = performance.now() - left;
    check(took < 2000, `the client came back only ${Math.round(took)} ms after it had cancelled`);
    return "left after its first content";
  },

  // The client's patience ends before the server's.
  async timeout() {
    const impatient = client({ timeout: 1500 });
    try {
      await impatient.plain(ask({ model: `${model}-slow` }));
    } catch (error) {
      const { type, status } = impatient.refusal(error);
      check(status === undefined, `the server answered ${status}`);
      return type;
    }
    throw new Failure("the client waited");
  },

  async deadline() {
    const headers = { "x-request-id": REQUEST_ID, "x-deadline-ms": "1000" };
    return checkTimeLimit(
      await refused((it) => it.plain(ask({ model: `${model}-slow` })), { headers }),
      "deadline_exceeded",
    );
  },

  async "first-content"() {
    return checkTimeLimit(
      await refused((it) => it.stream(ask({ model: `${model}-slow` }))),
      "first_content_timeout",
    );
  },

  // The replica breaks after its first content: the client must not take that for an end.
  async broken() {
    let text = "";
    const { type, message } = await refused((it) =>
      it.stream(ask({ model: `${model}-broken` }), (piece) => (text += piece)),
    );
    check(text.length > 0, "no content before the break");
    check(message.includes("closed the connection"), `the message is: ${message}`);
    return `${type}: ${message}`;
  },

  // With the client's own default of retries.
  async busy() {
    const began = performance.now();
    const { type, status, code, requestId } = await refused(
      (it) => it.plain(ask({ model: `${model}-busy` })),
      { maxRetries: undefined },
    );
    check(status === 503, `status ${status}`);
    check(code === "server_overloaded", `code ${code}`);
    check(requestId === REQUEST_ID, `request id ${requestId}`);
    return `${type} after ${Math.round(performance.now() - began)} ms`;
  },

  async large() {
    const answer = await client().plain(ask({ model: `${model}-large`, prompt: LARGE }));
    checkText(answer);
    return `${answer.usage.input} tokens of prompt`;
  },

  async models() {
    const it = client();
    if (!it.models) return "the client has no list of models";
    const ids = await it.models();
    check(ids.includes(model), `no ${model} among ${ids}`);
    return ids.join(" ");
  },

  async embed() {
    const it = client();
    if (!it.embed) return "the client has no embeddings";
    const vectors = await it.embed(model, ["前池", "forebay", "前池"]);
    check(vectors.length === 3, `${vectors.length} vectors`);
    const [first, second, third] = vectors.map((vector) => JSON.stringify(vector));
    check(first === third && first !== second, "the vectors are not those of the texts");
    return `${vectors.length} vectors of ${vectors[0].length}`;
  },
};

class Failure extends Error {}

function check(condition, otherwise) {
  if (!condition) throw new Failure(otherwise);
}

async function refused(act, options) {
  const it = client(options);
  let answer;
  try {
    answer = await act(it);
  } catch (error) {
    return it.refusal(error);
  }
  throw new Failure(`it was answered: ${JSON.stringify(answer)}`);
}

function checkTimeLimit({ type, status, code, requestId }, expected) {
  check(status === 504, `status ${status}`);
  check(code === expected, `code ${code}`);
  check(requestId === REQUEST_ID, `request id ${requestId}`);
  return `${type} ${status} ${code}`;
}

function checkText({ text, ended, usage }) {
  check(text.length > 0, "no content");
  check(["stop", "length"].includes(ended), `it ended by ${ended}`);
  check(usage?.input > 0 && usage.output > 0, `usage ${JSON.stringify(usage)}`);
}

function checkToolCall({ id, name, args, ended }) {
  check(ended === "tool", `it ended by ${ended}`);
  check(id, "the tool call has no id");
  check(name === weather.name, `it calls ${name}`);
  check(typeof args?.city === "string", `arguments ${JSON.stringify(args)}`);
  return `${name}(${JSON.stringify(args)})`;
}

async function judge(scenario) {
  try {
    return { scenario, ok: true, detail: await scenarios[scenario]() };
  } catch (error) {
    const said = error instanceof Failure ? "" : `${error.constructor.name}: `;
    return { scenario, ok: false, detail: said + error.message };
  }
}

const names = asked.length > 0 ? asked : Object.keys(scenarios);
const unknown = names.filter((scenario) => !(scenario in scenarios));
if (unknown.length > 0) {
  console.error(`no scenario ${unknown.join(", ")}; there are ${Object.keys(scenarios).join(", ")}`);
  process.exit(2);
}
for (const verdict of await Promise.all(names.map(judge))) {
  console.log(JSON.stringify(verdict));
  if (!verdict.ok) process.exitCode = 1;
}
