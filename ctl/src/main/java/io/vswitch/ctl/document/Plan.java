package io.vswitch.ctl.document;

import io.vswitch.ctl.state.Change;
import java.util.ArrayList;
import java.util.List;

/** What leads from a desired state to a document; filled by one thread, then read. */
public final class Plan {
    private final List<Step> steps = new ArrayList<>();
    private final List<Difference> differences = new ArrayList<>();
    private final List<String> unmentioned = new ArrayList<>();

    /** A change, and the place in the document that asks for it. */
    public record Step(Change change, Place place) {}

    /**
     * One thing that is not as the document says.
     *
     * @param change added, changed or removed.
     * @param what like {@code port web} or {@code rule web acl.in 3}.
     * @param before null for what is added.
     * @param after null for what is removed.
     */
    public record Difference(String change, String what, String before, String after) {}

    /** The changes in the order in which they are possible. */
    public List<Step> steps() {
        return steps;
    }

    /** The same for people. */
    public List<Difference> differences() {
        return differences;
    }

    /** Networks and ports that the document doesn't have and that stay. */
    public List<String> unmentioned() {
        return unmentioned;
    }

    void step(final Change change, final Place place) {
        steps.add(new Step(change, place));
    }

    void added(final String what, final String after) {
        differences.add(new Difference("added", what, null, after));
    }

    void changed(final String what, final String before, final String after) {
        differences.add(new Difference("changed", what, before, after));
    }

    void removed(final String what, final String before) {
        differences.add(new Difference("removed", what, before, null));
    }

    void stays(final String what) {
        unmentioned.add(what);
    }
}
