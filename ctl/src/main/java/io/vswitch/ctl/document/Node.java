package io.vswitch.ctl.document;

import java.util.List;
import java.util.Map;

/** A value of a document with its place; immutable. */
sealed interface Node {
    Place place();

    /** A word, a number, a text; {@code plain} when it was written without quotes. */
    record Scalar(Place place, String value, boolean plain) implements Node {}

    /** Names and values in the order of the document. */
    record Mapping(Place place, Map<String, Node> entries) implements Node {}

    /** Values in order. */
    record Sequence(Place place, List<Node> items) implements Node {}
}
