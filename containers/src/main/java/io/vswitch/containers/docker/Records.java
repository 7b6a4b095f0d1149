package io.vswitch.containers.docker;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the engine told the driver once and never tells it again, a small file for each network and
 * endpoint; under the driver's lock. A file is whole or not there. Networks are on disk before the
 * engine gets its answer; endpoints survive the end of the process only, since containers don't
 * survive more either.
 */
final class Records {
    /** Names of the switch's networks begin so, and then have what the engine shows of the id. */
    static final String NAME_PREFIX = "docker-";

    /** Names of containers' ports begin so. */
    static final String PORT_PREFIX = "vd";

    private final boolean isNew;
    private final Kind<Network> networks;
    private final Kind<Endpoint> endpoints;
    private final Kind<SwarmNetworks.Allocation> allocations;
    private final Kind<SwarmNodes.Node> nodes;
    private final Kind<AddressPool> pools;
    private final Kind<Messages.CreateNetwork> pending;

    /**
     * A network of the engine.
     *
     * @param name of the switch's network.
     * @param subnets of both families.
     * @param gateways with length; none where there is nothing outside.
     * @param swarm the swarm's, not this engine's alone.
     * @param directoryKey secret of the swarm's endpoint directory, or null.
     */
    record Network(
            String id,
            String name,
            NetworkOptions options,
            List<String> subnets,
            List<String> gateways,
            boolean swarm,
            String directoryKey) {
        /** The port on the host's side that has the gateway's addresses; mode=nat. */
        String gatewayPort() {
            return "vg" + name.substring(NAME_PREFIX.length());
        }

        /** The port of the host's device; mode=transparent. */
        String uplinkPort() {
            return "vu" + name.substring(NAME_PREFIX.length());
        }
    }

    /**
     * A container's attachment.
     *
     * @param port of the switch, and its device before a container has it.
     * @param sandbox path of the namespace that has it, or null.
     * @param published ports of the host that lead to it.
     * @param policy what may pass.
     */
    record Endpoint(
            String id,
            String network,
            String port,
            String mac,
            List<String> addresses,
            String sandbox,
            List<Messages.PortMapping> published,
            EndpointPolicy policy) {
        Endpoint in(final String namespace) {
            return new Endpoint(id, network, port, mac, addresses, namespace, published, policy);
        }

        Endpoint publishing(final List<Messages.PortMapping> ports) {
            return new Endpoint(id, network, port, mac, addresses, sandbox, ports, policy);
        }
    }

    Records(final Path directory) throws IOException {
        isNew = Files.notExists(directory);
        networks = new Kind<>(directory.resolve("networks"), Network.class, true);
        endpoints = new Kind<>(directory.resolve("endpoints"), Endpoint.class, false);
        allocations = new Kind<>(directory.resolve("vnis"), SwarmNetworks.Allocation.class, true);
        nodes = new Kind<>(directory.resolve("nodes"), SwarmNodes.Node.class, false);
        pools = new Kind<>(directory.resolve("pools"), AddressPool.class, false);
        pending = new Kind<>(directory.resolve("pending"), Messages.CreateNetwork.class, false);
    }

    /**
     * Nothing was ever written down here: what the switch has for the engine may still be in use.
     */
    boolean isNew() {
        return isNew;
    }

    Kind<Network> networks() {
        return networks;
    }

    Kind<Endpoint> endpoints() {
        return endpoints;
    }

    /** VNIs that this host gave to networks of the swarm. */
    Kind<SwarmNetworks.Allocation> allocations() {
        return allocations;
    }

    /** Networks of the swarm that couldn't be made when the engine wanted them. */
    Kind<Messages.CreateNetwork> pending() {
        return pending;
    }

    /** Subnets by their names in the engine. */
    Kind<AddressPool> pools() {
        return pools;
    }

    /** Nodes of the swarm by their addresses. */
    Kind<SwarmNodes.Node> nodes() {
        return nodes;
    }

    /** The records of one kind by their ids. */
    static final class Kind<T> {
        private static final Logger LOG = LoggerFactory.getLogger(Records.class);
        private static final String SUFFIX = ".json";

        private final Path directory;
        private final boolean durable;
        private final Map<String, T> all = new ConcurrentSkipListMap<>();

        private Kind(final Path directory, final Class<T> type, final boolean durable)
                throws IOException {
            this.durable = durable;
            this.directory = Files.createDirectories(directory);
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
                for (final Path file : files) {
                    load(file, type);
                }
            }
        }

        private void load(final Path file, final Class<T> type) throws IOException {
            final String name = file.getFileName().toString();
            if (!name.endsWith(SUFFIX)) {
                Files.delete(file);
                return;
            }
            final String id = name.substring(0, name.length() - SUFFIX.length());
            try {
                all.put(id, Messages.read(Files.readAllBytes(file), type));
            } catch (IOException e) {
                if (!durable) {
                    LOG.warn("{} is passed over: {}", file, e.getMessage());
                    Files.delete(file);
                    return;
                }
                throw new IOException(file + " can't be read: " + e.getMessage(), e);
            }
        }

        /** The record, or null. */
        T get(final String id) {
            return all.get(id);
        }

        Collection<T> all() {
            return List.copyOf(all.values());
        }

        void put(final String id, final T value) throws IOException {
            final Path part = directory.resolve(id + ".part");
            try (FileChannel file = FileChannel.open(part, CREATE, WRITE, TRUNCATE_EXISTING)) {
                final ByteBuffer bytes = ByteBuffer.wrap(Messages.write(value));
                while (bytes.hasRemaining()) {
                    file.write(bytes);
                }
                if (durable) {
                    file.force(true);
                }
            }
            Files.move(part, directory.resolve(id + SUFFIX), ATOMIC_MOVE);
            all.put(id, value);
        }

        void remove(final String id) throws IOException {
            Files.deleteIfExists(directory.resolve(id + SUFFIX));
            all.remove(id);
        }
    }
}
