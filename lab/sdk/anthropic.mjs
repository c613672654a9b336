// The npm package `@anthropic-ai/sdk`.
import Anthropic from "@anthropic-ai/sdk";

const ENDED = { end_turn: "stop", max_tokens: "length", tool_use: "tool" };

export function connect({ headers, ...options }) {
  const client = new Anthropic({ defaultHeaders: headers, ...options });
  return {
    async plain(ask) {
      return whole(await client.messages.create(body(ask)));
    },

    async stream(ask, onText = () => {}) {
      let pieces = 0;
      const stream = client.messages.stream(body(ask), { signal: ask.signal });
      stream.on("text", (piece) => {
        pieces += 1;
        onText(piece);
      });
      return { ...whole(await stream.finalMessage()), pieces };
    },

    async tool(ask) {
      return toolCall(await client.messages.create(body(ask)));
    },

    async toolStream(ask) {
      return toolCall(await client.messages.stream(body(ask)).finalMessage());
    },

    async models() {
      return (await client.models.list()).data.map((model) => model.id);
    },

    refusal(error) {
      if (!(error instanceof Anthropic.APIError)) throw error;
      return {
        type: error.constructor.name,
        status: error.status,
        code: error.error?.error?.code,
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
      tools: [{ name: tool.name, description: tool.description, input_schema: tool.schema }],
      tool_choice: { type: "any" },
    }),
  };
}

function whole(message) {
  return {
    text: message.content.map((block) => block.text ?? "").join(""),
    ended: ENDED[message.stop_reason],
    usage: { input: message.usage.input_tokens, output: message.usage.output_tokens },
  };
}

function toolCall(message) {
  const call = message.content.find((block) => block.type === "tool_use");
  return { id: call.id, name: call.name, args: call.input, ended: ENDED[message.stop_reason] };
}
