package dev.forebay.server.admin;

import dev.forebay.server.setting.Address;
import dev.forebay.server.setting.Secret;

/// Who may look inside.
///
/// @param listen where health, metrics and readings are served
/// @param token what a reader must show as `Authorization: Bearer`; if empty, only this machine may
///   reach the listener
public record AdminConfig(Address listen, Secret token) {
  public AdminConfig {
    if (!listen.loopback() && !token.isSet()) {
      throw new IllegalArgumentException(
          "token must be set when other machines can reach listen, which is " + listen);
    }
  }
}
