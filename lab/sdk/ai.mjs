// The npm packages `ai` and `@ai-sdk/openai-compatible`.
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import {
  APICallError,
  RetryError,
  embedMany,
  generateText,
  jsonSchema,
  streamText,
  tool as define,
} from "ai";

const ENDED = { stop: "stop", length: "length", "tool-calls": "tool" };

export function connect({ baseURL, apiKey, headers, timeout, maxRetries }) {
  const provider = createOpenAICompatible({
    name: "forebay",
    baseURL,
    apiKey,
    headers,
    includeUsage: true,
  });

  function options({ model, prompt, maxTokens, endless, signal, tool }) {
    return {
      model: provider(model),
      prompt,
      maxOutputTokens: maxTokens,
      maxRetries,
      timeout,
      abortSignal: signal,
      ...(endless && { providerOptions: { forebay: { ignore_eos: true } } }),
      ...(tool && {
        tools: {
          [tool.name]: define({
            description: tool.description,
            inputSchema: jsonSchema(tool.schema),
          }),
        },
        toolChoice: "required",
      }),
    };
  }

  return {
    async plain(ask) {
      return whole(await generateText(options(ask)));
    },

    async stream(ask, onText = () => {}) {
      let pieces = 0;
      const answer = streamText({ ...options(ask), onError() {} });
      for await (const part of answer.fullStream) {
        if (part.type === "error") throw part.error;
        if (part.type === "abort") return { pieces, ended: undefined };
        if (part.type === "text-delta" && part.text) {
          pieces += 1;
          onText(part.text);
        }
      }
      return { ...(await settled(answer)), pieces };
    },

    async tool(ask) {
      return toolCall(await generateText(options(ask)));
    },

    async toolStream(ask) {
      const answer = streamText({ ...options(ask), onError() {} });
      await answer.consumeStream();
      return toolCall({
        toolCalls: await answer.toolCalls,
        finishReason: await answer.finishReason,
      });
    },

    async embed(model, values) {
      const answer = await embedMany({ model: provider.embeddingModel(model), values, maxRetries });
      return answer.embeddings;
    },

    refusal(error) {
      const last = RetryError.isInstance(error) ? error.lastError : error;
      if (APICallError.isInstance(last)) {
        return {
          type: error.name,
          status: last.statusCode,
          code: last.data?.error?.code,
          message: last.message,
          requestId: last.responseHeaders?.["x-request-id"],
        };
      }
      if (last?.name === "TimeoutError") return { type: last.name, message: last.message };
      // An error within a stream is handed on as the server's own object, without a type.
      if (last?.code) return { type: "object", code: last.code, message: last.message };
      throw error;
    },
  };
}

function whole({ text, finishReason, usage }) {
  return {
    text,
    ended: ENDED[finishReason],
    usage: { input: usage.inputTokens, output: usage.outputTokens },
  };
}

async function settled(answer) {
  return whole({
    text: await answer.text,
    finishReason: await answer.finishReason,
    usage: await answer.usage,
  });
}

function toolCall({ toolCalls, finishReason }) {
  const [call] = toolCalls;
  return {
    id: call.toolCallId,
    name: call.toolName,
    args: call.input,
    ended: ENDED[finishReason],
  };
}
