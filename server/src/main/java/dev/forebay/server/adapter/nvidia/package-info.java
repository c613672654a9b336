/// What the tools of NVIDIA's driver, and its exporter, say of GPUs and MIG instances. Read-only:
/// nothing here changes a device.
@NullMarked
package dev.forebay.server.adapter.nvidia;

import org.jspecify.annotations.NullMarked;
