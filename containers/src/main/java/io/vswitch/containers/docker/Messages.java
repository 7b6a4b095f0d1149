package io.vswitch.containers.docker;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vswitch.ctl.state.Ip;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * What the engine and a network driver say to each other, as JSON; immutable, any thread. Later
 * engines send more fields: those are passed over.
 */
final class Messages {
    private static final ObjectMapper MAPPER =
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE)
                    .defaultPropertyInclusion(
                            JsonInclude.Value.construct(
                                    JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build();

    private Messages() {}

    /** A subnet that an IPAM driver chose; {@code gateway} has a length, or is null. */
    record Pool(String pool, String gateway) {}

    /** NetworkDriver.CreateNetwork. */
    record CreateNetwork(
            String networkID,
            Map<String, Object> options,
            @JsonProperty("IPv4Data") List<Pool> ipv4,
            @JsonProperty("IPv6Data") List<Pool> ipv6) {
        CreateNetwork {
            options = options == null ? Map.of() : options;
            ipv4 = ipv4 == null ? List.of() : ipv4;
            ipv6 = ipv6 == null ? List.of() : ipv6;
        }
    }

    /** NetworkDriver.AllocateNetwork, on a swarm's leader. */
    record AllocateNetwork(
            String networkID,
            Map<String, String> options,
            @JsonProperty("IPv4Data") List<Pool> ipv4) {
        AllocateNetwork {
            options = options == null ? Map.of() : options;
            ipv4 = ipv4 == null ? List.of() : ipv4;
        }
    }

    /** NetworkDriver.DiscoverNew and DiscoverDelete; type 1 is a node. */
    record Discovery(int discoveryType, DiscoveryData discoveryData) {
        /** The node, or null when it is about something else. */
        SwarmNodes.Node node() {
            return discoveryType != 1 || discoveryData == null || discoveryData.address() == null
                    ? null
                    : new SwarmNodes.Node(
                            Ip.parse("node", discoveryData.address()).toString(),
                            discoveryData.self());
        }
    }

    /** Where a node is; of this host the address that its overlays use. */
    record DiscoveryData(String address, boolean self) {}

    /** IpamDriver.RequestPool. */
    record RequestPool(
            String addressSpace,
            String pool,
            String subPool,
            Map<String, String> options,
            @JsonProperty("V6") boolean v6) {}

    /** The other calls of an IpamDriver; the address may be missing. */
    record Address(String poolID, String address) {}

    /** A network, or an endpoint of it. */
    record Reference(String networkID, String endpointID) {}

    /** Addresses have a length; what isn't given is null or empty. */
    record Interface(String address, @JsonProperty("AddressIPv6") String ipv6, String macAddress) {}

    /** NetworkDriver.CreateEndpoint. */
    record CreateEndpoint(
            String networkID,
            String endpointID,
            @JsonProperty("Interface") Interface device,
            Map<String, Object> options) {
        CreateEndpoint {
            options = options == null ? Map.of() : options;
        }
    }

    /** Answer to CreateEndpoint: only what the request left out. */
    record Created(@JsonProperty("Interface") Interface device) {}

    /** NetworkDriver.Join. */
    record Join(String networkID, String endpointID, String sandboxKey) {}

    /** The device to move, and what it is called then: the prefix and a number. */
    record InterfaceName(String srcName, String dstPrefix) {}

    /**
     * Answer to Join.
     *
     * @param disableGatewayService no second interface on Docker's own gateway bridge.
     */
    record Joined(
            InterfaceName interfaceName,
            String gateway,
            @JsonProperty("GatewayIPv6") String gateway6,
            boolean disableGatewayService) {}

    /** A published port; the host's is 0 when any will do. */
    record PortMapping(
            int proto,
            @JsonProperty("IP") String ip,
            int port,
            @JsonProperty("HostIP") String hostIp,
            int hostPort,
            int hostPortEnd) {}

    /** NetworkDriver.ProgramExternalConnectivity. */
    record Publish(String networkID, String endpointID, PublishOptions options) {
        /** The ports to publish. */
        List<PortMapping> ports() {
            return options == null || options.ports() == null ? List.of() : options.ports();
        }
    }

    /** What of its options matters. */
    record PublishOptions(@JsonProperty("com.docker.network.portmap") List<PortMapping> ports) {}

    static <T> T read(final byte[] json, final Class<T> type) throws IOException {
        return MAPPER.readValue(json, type);
    }

    static byte[] write(final Object message) {
        try {
            return MAPPER.writeValueAsBytes(message);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
