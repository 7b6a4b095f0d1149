package io.vswitch.ctl.document;

import io.vswitch.ctl.state.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The named values of one mapping, typed; refuses names it doesn't know. Immutable. */
final class Fields {
    private static final int MAX_DIGITS = 9;
    private static final List<String> NULLS = List.of("", "~", "null");

    private final Node.Mapping mapping;

    /** The fields of a value that has to be a mapping of these names. */
    Fields(final Node node, final List<String> known) {
        this.mapping = mapping(node);
        for (final Map.Entry<String, Node> entry : mapping.entries().entrySet()) {
            if (!known.contains(entry.getKey())) {
                throw mapping.place()
                        .key(entry.getKey(), entry.getValue().place().line())
                        .refuse("unknown field" + hint(entry.getKey(), known));
            }
        }
    }

    private static String hint(final String name, final List<String> known) {
        final String nearest = Names.nearest(name, known);
        return nearest != null
                ? "; did you mean " + nearest + "?"
                : "; allowed are " + String.join(", ", known);
    }

    /** The entries of a mapping with names of the user's; an empty value is an empty mapping. */
    static Node.Mapping mapping(final Node node) {
        if (node instanceof Node.Mapping map) {
            return map;
        }
        if (isNull(node)) {
            return new Node.Mapping(node.place(), Map.of());
        }
        throw node.place().refuse("has to be a mapping of names to values");
    }

    /** The items of a list; an empty value is an empty list. */
    static List<Node> list(final Node node) {
        if (node == null || isNull(node)) {
            return List.of();
        }
        if (node instanceof Node.Sequence sequence) {
            return sequence.items();
        }
        throw node.place().refuse("has to be a list");
    }

    private static boolean isNull(final Node node) {
        return node instanceof Node.Scalar s && s.plain() && NULLS.contains(s.value());
    }

    Place place() {
        return mapping.place();
    }

    Node get(final String name) {
        return mapping.entries().get(name);
    }

    /** Where the field stands, or its owner when it is left out. */
    Place place(final String name) {
        final Node node = get(name);
        return node == null ? place() : node.place();
    }

    /** The text of a value that has to be one. */
    static String text(final Node node) {
        if (node instanceof Node.Scalar scalar && !isNull(node)) {
            return scalar.value();
        }
        throw node.place().refuse("has to be a text");
    }

    /** A text brought into its one form, or null when it is left out. */
    String text(final String name, final UnaryOperator<String> form) {
        final Node node = get(name);
        return node == null ? null : node.place().run(() -> form.apply(text(node)));
    }

    String text(final String name) {
        return text(name, UnaryOperator.identity());
    }

    /** Texts brought into their one form. */
    List<String> texts(final String name, final UnaryOperator<String> form) {
        final List<String> texts = new ArrayList<>();
        for (final Node item : list(get(name))) {
            texts.add(item.place().run(() -> form.apply(text(item))));
        }
        return texts;
    }

    int number(final String name, final int otherwise) {
        final Node node = get(name);
        if (node == null) {
            return otherwise;
        }
        final String text = text(node);
        if (!text.matches("-?\\d{1," + MAX_DIGITS + "}")) {
            throw node.place().refuse("'" + text + "' is not a whole number");
        }
        return Integer.parseInt(text);
    }

    boolean flag(final String name, final boolean otherwise) {
        final Node node = get(name);
        if (node == null) {
            return otherwise;
        }
        return switch (text(node)) {
            case "true" -> true;
            case "false" -> false;
            default ->
                    throw node.place().refuse("'" + text(node) + "'; allowed are true and false");
        };
    }

    private static String listed(final List<String> words) {
        final int last = words.size() - 1;
        return String.join(", ", words.subList(0, last)) + " and " + words.get(last);
    }

    String word(final String name, final List<String> allowed, final String otherwise) {
        final Node node = get(name);
        if (node == null) {
            return otherwise;
        }
        final String word = text(node);
        if (!allowed.contains(word)) {
            throw node.place().refuse("'" + word + "'; allowed are " + listed(allowed));
        }
        return word;
    }
}
