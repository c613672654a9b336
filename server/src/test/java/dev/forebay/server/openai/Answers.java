package dev.forebay.server.openai;

import dev.forebay.pipeline.Operation;
import java.util.List;

/// Answers as engines send them.
record Answers(Operation operation, boolean stream, String text) {
  static String chunk(String choice) {
    return "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1741000000,"
        + "\"model\":\"m\",\"system_fingerprint\":\"fp_1\",\"choices\":[{\"index\":0,"
        + choice
        + "}]}\n\n";
  }

  static String delta(String delta) {
    return chunk("\"delta\":" + delta + ",\"logprobs\":null,\"finish_reason\":null");
  }

  static final String CHAT_STREAM =
      ": keep-alive\n\n"
          + delta("{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}")
          + delta("{\"content\":\"Hel\\\"lo \\u4f60\"}")
          + delta("{\"content\":\" 你好\"}")
          + chunk("\"delta\":{},\"finish_reason\":\"stop\"")
          + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":18,\"completion_tokens\":10,"
          + "\"completion_tokens_details\":{\"reasoning_tokens\":3}}}\n\n"
          + "data: [DONE]\n\n";

  static final String MESSAGES_STREAM =
      """
      event: message_start
      data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","content":[],"stop_reason":null,"usage":{"input_tokens":25,"cache_read_input_tokens":100,"output_tokens":1}}}

      event: content_block_start
      data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

      event: ping
      data: {"type": "ping"}

      event: content_block_delta
      data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello"}}

      event: content_block_delta
      data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"!"}}

      event: content_block_stop
      data: {"type":"content_block_stop","index":0}

      event: message_delta
      data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":15}}

      event: message_stop
      data: {"type":"message_stop"}

      """;

  static final String RESPONSES_STREAM =
      """
      event: response.created
      data: {"type":"response.created","response":{"id":"resp_1","status":"in_progress","error":null,"output":[],"usage":null}}

      event: response.output_text.delta
      data: {"type":"response.output_text.delta","item_id":"msg_1","output_index":0,"delta":"Hi"}

      event: response.completed
      data: {"type":"response.completed","response":{"id":"resp_1","error":null,"output":[{"type":"message","content":[{"type":"output_text","text":"Hi"}]}],"usage":{"input_tokens":37,"output_tokens":11}}}

      """;

  static final String CHAT_PLAIN =
      """
      {"id":"chatcmpl-1","object":"chat.completion","created":1741000000,"model":"m","choices":[{"index":0,
      "message":{"role":"assistant","content":"Hello \\ud83d\\ude00 \\"you\\"","refusal":null,"annotations":[]},
      "logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":18,"completion_tokens":10,"total_tokens":28},
      "system_fingerprint":null}
      """;

  static final String ERROR_STREAM =
      """
      data: {"choices":[{"index":0,"delta":{"content":"a"}}]}

      data: {"error":{"message":"out of\\nmemory","type":"server_error","code":500}}

      """
          .replace("\n", "\r\n");

  static final List<Answers> ALL =
      List.of(
          new Answers(Operation.CHAT, true, CHAT_STREAM),
          new Answers(Operation.CHAT, true, CHAT_STREAM.replace("\n", "\r\n")),
          new Answers(Operation.CHAT, true, CHAT_STREAM.replace("\n", "\r")),
          new Answers(Operation.CHAT, true, "\ufeff" + CHAT_STREAM),
          new Answers(Operation.MESSAGES, true, MESSAGES_STREAM),
          new Answers(Operation.RESPONSES, true, RESPONSES_STREAM),
          new Answers(Operation.CHAT, true, ERROR_STREAM),
          new Answers(Operation.CHAT, true, CHAT_PLAIN),
          new Answers(Operation.CHAT, false, "\n\r\n \n" + CHAT_PLAIN),
          new Answers(Operation.CHAT, false, CHAT_STREAM),
          new Answers(
              Operation.EMBEDDINGS,
              false,
              "{\"data\":[{\"embedding\":[0.1,-2e-05,3E+2,0]}],\"usage\":{\"prompt_tokens\":8}}"),
          new Answers(Operation.CHAT, false, "<html><body>502</body></html>"),
          new Answers(Operation.PASS_THROUGH, false, "RIFF\0\1\2"));
}
