/// What single settings are made of: an address, a secret, the checks of a number or a time.
@NullMarked
package dev.forebay.server.setting;

import org.jspecify.annotations.NullMarked;
