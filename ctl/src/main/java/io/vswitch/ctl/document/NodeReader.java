package io.vswitch.ctl.document;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads one document of YAML 1.2, and so of JSON, into nodes; used once. Aliases are refused, since
 * a few of them stand for any number of values; so are tags, which name types of other programs.
 */
final class NodeReader {
    private static final int MAX_LENGTH = 16 << 20;
    private static final int MAX_DEPTH = 16;

    /** 100,000 rules with id and priority have 400,000; that many fit the daemon's heap. */
    private static final int MAX_VALUES = 500_000;

    private static final int MAX_NAME = 64;

    /** The longest rule's text. */
    private static final int MAX_TEXT = 4096;

    private final String file;
    private final Iterator<Event> events;
    private int depth;
    private int values;

    private NodeReader(final String file, final String text) {
        this.file = file;
        final LoadSettings settings = LoadSettings.builder().setCodePointLimit(MAX_LENGTH).build();
        events = new Parse(settings).parseString(text).iterator();
    }

    /** The value of a document; refuses what isn't exactly one. */
    static Node read(final String file, final String text) {
        try {
            return new NodeReader(file, text).document();
        } catch (final MarkedYamlEngineException e) {
            throw Place.top(file, e.getProblemMark().map(m -> m.getLine() + 1).orElse(1))
                    .refuse("not YAML or JSON: " + oneLine(e.getProblem()));
        } catch (final YamlEngineException e) {
            throw Place.top(file, 1).refuse("not YAML or JSON: " + oneLine(e.getMessage()));
        }
    }

    private static String oneLine(final String text) {
        return String.valueOf(text).lines().findFirst().orElse("").strip();
    }

    private Node document() {
        events.next();
        final Place top = Place.top(file, 1);
        if (events.next().getEventId() != Event.ID.DocumentStart) {
            throw top.refuse("the document is empty; allowed are networks, ports");
        }
        final Event first = events.next();
        final Node node = node(first, top);
        events.next();
        final Event end = events.next();
        if (end.getEventId() == Event.ID.DocumentStart) {
            throw Place.top(file, line(end)).refuse("a second document; allowed is one");
        }
        return node;
    }

    private static int line(final Event event) {
        return event.getStartMark().map(Mark::getLine).orElse(0) + 1;
    }

    private Node node(final Event event, final Place place) {
        checkPlain(event, place);
        if (++values > MAX_VALUES) {
            throw place.refuse("more than " + MAX_VALUES + " values in the document");
        }
        if (event instanceof ScalarEvent scalar) {
            if (scalar.getValue().length() > MAX_TEXT) {
                throw place.refuse(
                        "%d characters; allowed are %d"
                                .formatted(scalar.getValue().length(), MAX_TEXT));
            }
            return new Node.Scalar(place, scalar.getValue(), scalar.isPlain());
        }
        if (++depth > MAX_DEPTH) {
            throw place.refuse("nested deeper than " + MAX_DEPTH);
        }
        final Node node = event instanceof MappingStartEvent ? mapping(place) : sequence(place);
        depth--;
        return node;
    }

    private static void checkPlain(final Event event, final Place place) {
        if (event instanceof AliasEvent alias) {
            throw place.refuse(
                    "alias '*" + alias.getAlias() + "': not allowed; write the value out");
        }
        if (((NodeEvent) event).getAnchor().isPresent()) {
            throw place.refuse("anchors are not allowed; write the value out where it is needed");
        }
        final boolean tagged =
                event instanceof ScalarEvent scalar && scalar.getTag().isPresent()
                        || event instanceof MappingStartEvent map && map.getTag().isPresent()
                        || event instanceof SequenceStartEvent list && list.getTag().isPresent();
        if (tagged) {
            throw place.refuse("tags are not allowed; write the value alone");
        }
    }

    private Node mapping(final Place place) {
        final Map<String, Node> entries = new LinkedHashMap<>();
        for (Event e = events.next(); e.getEventId() != Event.ID.MappingEnd; e = events.next()) {
            if (!(e instanceof ScalarEvent key)) {
                throw place.atLine(line(e)).refuse("a name has to be a word");
            }
            if (key.getValue().length() > MAX_NAME) {
                throw place.atLine(line(e))
                        .refuse(
                                "a name of %d characters; allowed are %d"
                                        .formatted(key.getValue().length(), MAX_NAME));
            }
            final Place at = place.key(key.getValue(), line(e));
            final Node before = entries.get(key.getValue());
            if (before != null) {
                throw at.refuse("is there already, at line " + before.place().line());
            }
            entries.put(key.getValue(), node(events.next(), at));
        }
        return new Node.Mapping(place, entries);
    }

    private Node sequence(final Place place) {
        final List<Node> items = new ArrayList<>();
        for (Event e = events.next(); e.getEventId() != Event.ID.SequenceEnd; e = events.next()) {
            items.add(node(e, place.index(items.size(), line(e))));
        }
        return new Node.Sequence(place, items);
    }
}
