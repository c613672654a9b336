package dev.forebay.server.adapter.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import co.elastic.logging.JsonUtils;
import co.elastic.logging.logback.EcsEncoder;
import dev.forebay.server.setting.Version;
import java.util.List;
import org.slf4j.event.KeyValuePair;

/// Elastic Common Schema, with the key-value pairs of a line as fields of their own type: Elastic's
/// encoder leaves those out.
final class AccessEncoder extends EcsEncoder {
  AccessEncoder() {
    setServiceName("forebay");
    setServiceVersion(Version.current());
    setEventDataset("forebay.access");
  }

  @Override
  protected void addCustomFields(ILoggingEvent event, StringBuilder json) {
    List<KeyValuePair> pairs = event.getKeyValuePairs();
    if (pairs == null) {
      return;
    }
    for (KeyValuePair pair : pairs) {
      json.append('"').append(pair.key).append("\":");
      if (pair.value instanceof Number || pair.value instanceof Boolean) {
        json.append(pair.value);
      } else {
        json.append('"');
        JsonUtils.quoteAsString(String.valueOf(pair.value), json);
        json.append('"');
      }
      json.append(',');
    }
  }
}
