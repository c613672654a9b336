// The npm package `openai`.
import OpenAI from "openai";

const ENDED = { stop: "stop", length: "length", tool_calls: "tool" };

export function connect({ headers, ...options }) {
  const client = new OpenAI({ defaultHeaders: headers, ...options });
  return {
    async plain(ask) {
      return whole(await client.chat.completions.create(body(ask)));
    },

    async stream(ask, onText = () => {}) {
      const stream = await client.chat.completions.create(
        { ...body(ask), stream: true, stream_options: { include_usage: true } },
        { signal: ask.signal },
      );
      const said = { text: "", pieces: 0, ended: undefined, usage: undefined };
      for await (const chunk of stream) {
        const choice = chunk.choices[0];
        if (choice?.delta.content) {
          said.text += choice.delta.content;
          said.pieces += 1;
          onText(choice.delta.content);
        }
        said.ended = ENDED[choice?.finish_reason] ?? said.ended;
        said.usage = chunk.usage ? usage(chunk.usage) : said.usage;
      }
      return said;
    },

    async tool(ask) {
      return toolCall(await client.chat.completions.create(body(ask)));
    },

    // The client's own accumulator puts the call together, and is strict about its pieces.
    async toolStream(ask) {
      return toolCall(await client.chat.completions.stream(body(ask)).finalChatCompletion());
    },

    async models() {
      return (await client.models.list()).data.map((model) => model.id);
    },

    async embed(model, input) {
      return (await client.embeddings.create({ model, input })).data.map((it) => it.embedding);
    },

    refusal(error) {
      if (!(error instanceof OpenAI.APIError)) throw error;
      return {
        type: error.constructor.name,
        status: error.status,
        code: error.code,
        message: error.message,
        requestId: error.requestID,
      };
    },
  };
}

function body({ model, prompt, maxTokens, endless, tool }) {
  return {
    model,
    messages: [{ role: "user", content: prompt }],
    max_tokens: maxTokens,
    ...(endless && { ignore_eos: true }),
    ...(tool && {
      tools: [
        {
          type: "function",
          function: { name: tool.name, description: tool.description, parameters: tool.schema },
        },
      ],
      tool_choice: "required",
    }),
  };
}

function whole(answer) {
  const [choice] = answer.choices;
  return {
    text: choice.message.content,
    ended: ENDED[choice.finish_reason],
    usage: usage(answer.usage),
  };
}

function usage(said) {
  return { input: said.prompt_tokens, output: said.completion_tokens };
}

function toolCall(answer) {
  const [choice] = answer.choices;
  const [call] = choice.message.tool_calls;
  return {
    id: call.id,
    name: call.function.name,
    args: JSON.parse(call.function.arguments),
    ended: ENDED[choice.finish_reason],
  };
}
