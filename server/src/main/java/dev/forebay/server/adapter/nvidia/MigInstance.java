package dev.forebay.server.adapter.nvidia;

import dev.forebay.gpu.DeviceReading;

/// A slice of a board.
///
/// @param index of the device on its board
/// @param uuid like `MIG-...`; empty if it was not told, as many drivers do not beside the memory
/// @param profile like `3g.40gb`; empty if it was not told
/// @param gpuInstance id of the GPU instance
public record MigInstance(
    int index, String uuid, String profile, int gpuInstance, DeviceReading reading) {}
