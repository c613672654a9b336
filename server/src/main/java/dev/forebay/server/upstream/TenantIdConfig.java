package dev.forebay.server.upstream;

import dev.forebay.server.openai.TenantField;
import dev.forebay.server.setting.Secret;

/// By what the replicas of a pool are told whose call it is.
///
/// @param field the member of the body; a caller that set it itself keeps its own
/// @param secret by which tenants' names are made unrecognisable
public record TenantIdConfig(TenantField field, Secret secret) {
  public TenantIdConfig {
    if (field != TenantField.NONE && !secret.isSet()) {
      throw new IllegalArgumentException(
          "secret must be set where field is not none: it makes tenants' names unrecognisable");
    }
  }
}
