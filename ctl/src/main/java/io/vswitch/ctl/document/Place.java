package io.vswitch.ctl.document;

import io.vswitch.core.engine.SwitchException;
import io.vswitch.ctl.state.Refusal;
import io.vswitch.rules.RuleSyntaxException;
import java.util.function.Supplier;

/**
 * Where something stands in a document; immutable. The path is put together when it is asked for,
 * since a document has as many places as values and seldom shows one.
 *
 * @param file name of the document.
 * @param line from 1.
 * @param owner what it is in, or null for the document itself.
 * @param step from there: {@code .web} or {@code [2]}.
 */
public record Place(String file, int line, Place owner, String step) {
    private static final String RULE = "rule: ";

    static Place top(final String file, final int line) {
        return new Place(file, line, null, "");
    }

    Place key(final String name, final int at) {
        return new Place(file, at, this, "." + name);
    }

    Place index(final int index, final int at) {
        return new Place(file, at, this, "[" + index + "]");
    }

    Place atLine(final int at) {
        return new Place(file, at, owner, step);
    }

    /** Like {@code ports.web.mtu}; empty for the document itself. */
    String path() {
        final StringBuilder path = new StringBuilder();
        for (Place place = this; place != null; place = place.owner) {
            path.insert(0, place.step);
        }
        return path.indexOf(".") == 0 ? path.substring(1) : path.toString();
    }

    /** The refusal of what stands here. */
    Refusal refuse(final String why) {
        return Refusal.usage(text(why));
    }

    /** Runs something whose refusal is about what stands here. */
    public <T> T run(final Supplier<T> work) {
        try {
            return work.get();
        } catch (final Refusal e) {
            throw e.kind() == Refusal.Kind.USAGE
                    ? Refusal.usage(text(e.getMessage()))
                    : Refusal.failure(text(e.getMessage()));
        } catch (final RuleSyntaxException e) {
            throw Refusal.usage(text(e.getMessage()));
        } catch (final SwitchException e) {
            throw Refusal.failure(text(e.getMessage()));
        }
    }

    private String text(final String why) {
        final String what = why.startsWith(RULE) ? why.substring(RULE.length()) : why;
        final String path = path();
        final String all = file + ":" + line + ": " + (path.isEmpty() ? "" : path + ": ") + what;
        return all.replaceAll("\\p{Cntrl}", "?");
    }
}
