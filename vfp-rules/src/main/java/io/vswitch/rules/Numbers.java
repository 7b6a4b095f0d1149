package io.vswitch.rules;

/** Reads decimal and hexadecimal numbers of rule texts. Stateless. */
final class Numbers {
    private Numbers() {}

    /** The decimal number, or -1 when the text is none or above {@code max}. */
    static int decimal(final String text, final int max) {
        if (text.isEmpty() || text.length() > 9) {
            return -1;
        }
        int number = 0;
        for (int i = 0; i < text.length(); i++) {
            final int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = number * 10 + digit;
        }
        return number <= max ? number : -1;
    }

    /** The hexadecimal number of 1 to {@code maxDigits} digits, or -1 when the text is none. */
    static int hexadecimal(final String text, final int maxDigits) {
        if (text.isEmpty() || text.length() > maxDigits) {
            return -1;
        }
        int number = 0;
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            final int digit = c < 0x80 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                return -1;
            }
            number = number << 4 | digit;
        }
        return number;
    }

    /** As {@link #decimal}, between {@code min} and {@code max} or an exception that says so. */
    static int between(final String text, final int min, final int max) {
        final int number = decimal(text, max);
        if (number < min) {
            throw new ValueException("allowed: " + min + " to " + max);
        }
        return number;
    }
}
