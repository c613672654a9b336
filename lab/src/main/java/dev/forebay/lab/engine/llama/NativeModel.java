package dev.forebay.lab.engine.llama;

import de.kherud.llama.LlamaModel;
import de.kherud.llama.ModelParameters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Loads a GGUF file into llama.cpp.
final class NativeModel {
  static {
    unpackApart();
  }

  private NativeModel() {}

  /// Opens `file` with room for `slots` answers of `contextTokens` each (prompt and answer
  /// together).
  ///
  /// @throws de.kherud.llama.LlamaException where the file is no model
  static LlamaModel open(Path file, int slots, int contextTokens) {
    return new LlamaModel(
        new ModelParameters()
            .setModel(file.toString())
            .setCtxSize(slots * contextTokens)
            .setParallel(slots)
            .setThreads(1)
            // Defragmenting while several slots shift their context aborts the process (ggml.c,
            // "data_size + view_offs <= ggml_nbytes(view_src)").
            .setDefragThold(-1)
            .disableLog());
  }

  // The binding unpacks its library under one fixed name and first deletes what others left there:
  // two JVMs at once would pull it from under each other. So each gets a folder of its own.
  private static void unpackApart() {
    try {
      Path folder = Files.createTempDirectory("forebay-native-");
      folder.toFile().deleteOnExit();
      System.setProperty("de.kherud.llama.tmpdir", folder.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
