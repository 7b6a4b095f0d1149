package io.vswitch.rules;

import io.vswitch.core.policy.HeaderFields;

/** MACs that a translation gives, or null each; immutable. */
record MacChange(MacAddress source, MacAddress destination) {
    void apply(final HeaderFields fields) {
        if (source != null) {
            fields.sourceMac = source.value();
        }
        if (destination != null) {
            fields.destinationMac = destination.value();
        }
    }
}
