package dev.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.pipeline.Caller;
import dev.forebay.pipeline.Network;
import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.server.http.Callers.Found;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CallersTest {
  private static final Network HERE = new Network(7);
  private static final NewKey CI = NewKey.make("acme", "ci", new Random(1));
  private static final NewKey OTHER = NewKey.make("other", "o", new Random(2));

  private final Set<String> revoked = new HashSet<>();

  /// The tenant acme may have class 2 at the most urgent, all others class 1.
  private static int priority(String tenant, int asked) {
    return Math.max(asked, tenant.equals("acme") ? 2 : 1);
  }

  private Found of(List<KeyConfig> keys, String... headers) {
    HttpHeaders shown = new DefaultHttpHeaders();
    for (int i = 0; i < headers.length; i += 2) {
      shown.add(headers[i], headers[i + 1]);
    }
    return new Callers(keys, revoked::contains, CallersTest::priority)
        .of(shown, new ShownKey(), HERE);
  }

  private Found keyed(String... headers) {
    return of(List.of(CI.config(), OTHER.config()), headers);
  }

  @Test
  void aPriorityCanOnlyLowerWhatTheTenantHas() {
    for (int asked = 0; asked <= 3; asked++) {
      String header = Integer.toString(asked);
      assertThat(keyed("api-key", CI.key(), "x-forebay-priority", header))
          .isEqualTo(new Found.Is(new Caller("acme", "ci", Math.max(2, asked), HERE)));
      assertThat(of(List.of(), "x-forebay-priority", header))
          .isEqualTo(new Found.Is(new Caller("anonymous", "", Math.max(1, asked), HERE)));
    }
    assertThat(keyed("api-key", CI.key()))
        .as("who asks for nothing has what its tenant has")
        .isEqualTo(new Found.Is(new Caller("acme", "ci", 2, HERE)));
  }

  @Test
  void whatIsNoPriorityIsRefused() {
    for (String none : List.of("", "4", "-1", "00", "high", "١")) {
      assertThat(keyed("api-key", CI.key(), "x-forebay-priority", none))
          .isInstanceOfSatisfying(
              Found.Refused.class,
              refused -> assertThat(refused.cause()).isEqualTo(Cause.INVALID_REQUEST));
    }
  }

  @Test
  void aKeyIsFoundInAnyOfItsHeadersAndBelongsToItsTenant() {
    assertThat(keyed("authorization", "bearer  " + OTHER.key()))
        .isEqualTo(new Found.Is(new Caller("other", "o", 1, HERE)));
    assertThat(keyed("x-api-key", CI.key()))
        .isEqualTo(new Found.Is(new Caller("acme", "ci", 2, HERE)));
  }

  @Test
  void aKeyThatIsUnknownMissingOrAlmostRightIsRefusedWithoutBeingRepeated() {
    String almost = CI.key().substring(0, CI.key().length() - 1);
    for (Found found :
        List.of(
            keyed(),
            keyed("api-key", almost),
            keyed("api-key", CI.key() + "x"),
            keyed("authorization", "Basic " + CI.key()))) {
      assertThat(found)
          .isInstanceOfSatisfying(
              Found.Refused.class,
              refused -> {
                assertThat(refused.cause()).isEqualTo(Cause.UNAUTHENTICATED);
                assertThat(refused.why()).doesNotContain(almost);
              });
    }
  }

  @Test
  void aRevokedKeyIsRefusedFromThenOn() {
    assertThat(keyed("api-key", CI.key())).isInstanceOf(Found.Is.class);
    revoked.add("ci");
    assertThat(keyed("api-key", CI.key())).isInstanceOf(Found.Refused.class);
    assertThat(keyed("api-key", OTHER.key())).isInstanceOf(Found.Is.class);
  }
}
