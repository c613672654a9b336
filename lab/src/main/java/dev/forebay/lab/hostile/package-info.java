/// Those who mean harm: requests that two readers read differently, callers that want to use the
/// gateway up, engines that answer rubbish.
@NullMarked
package dev.forebay.lab.hostile;

import org.jspecify.annotations.NullMarked;
