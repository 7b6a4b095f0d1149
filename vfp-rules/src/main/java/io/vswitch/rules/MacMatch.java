package io.vswitch.rules;

/**
 * A MAC under a mask; immutable.
 *
 * @param address bits to be found; none outside the mask.
 * @param mask bits that count.
 */
public record MacMatch(MacAddress address, MacAddress mask) {
    private static final MacAddress EXACT = new MacAddress(MacAddress.ALL);

    public MacMatch {
        if ((address.value() & ~mask.value()) != 0) {
            throw new ValueException(
                    "bits outside the mask are set; under this mask it is "
                            + new MacMatch(new MacAddress(address.value() & mask.value()), mask));
        }
    }

    static MacMatch parse(final String text) {
        final int slash = text.indexOf('/');
        return slash < 0
                ? new MacMatch(MacAddress.parse(text), EXACT)
                : new MacMatch(
                        MacAddress.parse(text.substring(0, slash)),
                        MacAddress.parse(text.substring(slash + 1)));
    }

    @Override
    public String toString() {
        return mask.equals(EXACT) ? address.toString() : address + "/" + mask;
    }
}
