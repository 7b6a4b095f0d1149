package io.vswitch.ctl.state;

import java.util.List;

/** A port and its layers; immutable. */
public record DesiredPort(PortSpec spec, List<DesiredLayer> layers) {
    public String name() {
        return spec.name();
    }

    /** The layer of this name, or null. */
    public DesiredLayer find(final String layer) {
        for (final DesiredLayer candidate : layers) {
            if (candidate.name().equals(layer)) {
                return candidate;
            }
        }
        return null;
    }

    /** The layer of this name; refuses when there is none. */
    public DesiredLayer layer(final String layer) {
        final DesiredLayer found = find(layer);
        if (found == null) {
            throw Names.unknown(
                    "layer of port '%s' called".formatted(name()),
                    layer,
                    layers.stream().map(DesiredLayer::name).toList());
        }
        return found;
    }

    DesiredPort with(final DesiredLayer layer) {
        return new DesiredPort(
                spec,
                find(layer.name()) == null
                        ? Copies.add(layers, layer)
                        : Copies.replace(layers, l -> l.name().equals(layer.name()), layer));
    }

    DesiredPort without(final String layer) {
        return new DesiredPort(spec, Copies.remove(layers, l -> l.name().equals(layer)));
    }

    DesiredPort with(final PortSpec changed) {
        return new DesiredPort(changed, layers);
    }
}
