package dev.forebay.pipeline;

/// The wire format that a pool speaks. Nothing is translated between them.
public enum Dialect {
  OPENAI,
  ANTHROPIC
}
