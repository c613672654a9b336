package dev.forebay.server.upstream;

import dev.forebay.pipeline.Attempt;
import dev.forebay.server.http.HttpCall;
import dev.forebay.server.openai.Edit;
import dev.forebay.server.openai.TenantField;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A held body as one replica gets it: as it came, but for how its pool calls the model, for the
/// bound of a call that was degraded, and for what the pool adds. Nothing is copied or encoded
/// anew.
///
/// @param edits in the order of their places
record OutgoingBody(ByteBuf bytes, List<Edit> edits) {

  /// @param attempt names the model as its pool does, and what is asked
  /// @param usage asks the engine for its usage; null if it is not to be asked
  static OutgoingBody of(
      HttpCall call, ByteBuf bytes, Attempt attempt, @Nullable Edit usage, Target target) {
    var edits = new ArrayList<Edit>(4);
    String model = attempt.model();
    if (model != null && !model.equals(call.request().model())) {
      edits.add(call.edits().model(model));
    }
    int bound = attempt.degradation().maxTokens();
    if (bound > 0) {
      edits.addAll(call.edits().bound(bound));
    }
    if (usage != null) {
      edits.add(usage);
    }
    TenantField field = target.tenantField();
    Edit tenant =
        field == TenantField.NONE ? null : call.edits().tenant(field, target.tenant(call));
    if (tenant != null) {
      edits.add(tenant);
    }
    edits.sort(Comparator.comparingInt(Edit::from));
    return new OutgoingBody(bytes, edits);
  }

  long length() {
    long length = bytes.readableBytes();
    for (Edit edit : edits) {
      length += edit.growth();
    }
    return length;
  }

  void writeTo(Channel channel) {
    int at = 0;
    for (Edit edit : edits) {
      write(channel, at, edit.from());
      ByteBuf with = channel.alloc().directBuffer(edit.length());
      ByteBufUtil.writeUtf8(with, edit.with());
      channel.write(with, channel.voidPromise());
      at = edit.to();
    }
    write(channel, at, bytes.readableBytes());
  }

  private void write(Channel channel, int from, int to) {
    if (to > from) {
      channel.write(
          bytes.retainedSlice(bytes.readerIndex() + from, to - from), channel.voidPromise());
    }
  }
}
