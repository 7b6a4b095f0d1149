package io.vswitch.containers.cni;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vswitch.ctl.state.Cidr;
import io.vswitch.ctl.state.Route;
import java.util.ArrayList;
import java.util.List;

/**
 * What an ADD makes of the configuration and of the addresses that were assigned; built and used by
 * one thread.
 */
final class Result {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Call call;
    private final JsonNode assigned;
    private final String mac;
    private final List<String> addresses = new ArrayList<>();
    private final List<Route> routes = new ArrayList<>();

    Result(final Call call, final JsonNode assigned) {
        this.call = call;
        this.assigned = assigned;
        this.mac = CniPlugin.mac(call);
        ips().forEach(ip -> addresses.add(address(ip)));
        for (final JsonNode route : assignedRoutes()) {
            routes.add(CniPlugin.route(route, gateway(route.path("dst").asText().contains(":"))));
        }
    }

    String mac() {
        return mac;
    }

    List<String> addresses() {
        return addresses;
    }

    List<Route> routes() {
        return routes;
    }

    /** Addresses of the gateways, with the length of the containers'. */
    List<String> gateways() {
        final List<String> gateways = new ArrayList<>();
        for (final JsonNode ip : ips()) {
            final String gateway = ip.path("gateway").asText("");
            if (!gateway.isEmpty()) {
                final String address = address(ip);
                gateways.add(gateway + address.substring(address.indexOf('/')));
            }
        }
        return gateways;
    }

    /** The address plugin's, and the way to everything where that was asked for. */
    private List<JsonNode> assignedRoutes() {
        final List<JsonNode> all = new ArrayList<>();
        assigned.path("routes").forEach(all::add);
        if (call.isTrue("isDefaultGateway")) {
            for (final String destination : Gateway.of(call, this).defaults()) {
                if (all.stream().noneMatch(r -> r.path("dst").asText().equals(destination))) {
                    all.add(JSON.createObjectNode().put("dst", destination));
                }
            }
        }
        return all;
    }

    /** The address plugin's, or without one those that the runtime asks for. */
    private List<JsonNode> ips() {
        final List<JsonNode> ips = new ArrayList<>();
        assigned.path("ips").forEach(ips::add);
        if (ips.isEmpty()) {
            for (final JsonNode asked : call.configuration().path("runtimeConfig").path("ips")) {
                ips.add(JSON.createObjectNode().put("address", asked.asText()));
            }
        }
        return ips;
    }

    private static String address(final JsonNode ip) {
        return Cidr.parse("address", ip.path("address").asText()).toString();
    }

    private String gateway(final boolean v6) {
        for (final JsonNode ip : ips()) {
            final String gateway = ip.path("gateway").asText("");
            if (!gateway.isEmpty() && gateway.contains(":") == v6) {
                return gateway;
            }
        }
        return null;
    }

    /** The result in the version of the configuration, behind that of a plugin before us. */
    ObjectNode toJson() {
        final JsonNode before = call.configuration().path("prevResult");
        final ObjectNode result = JSON.createObjectNode().put("cniVersion", call.version());
        final ArrayNode interfaces = result.putArray("interfaces");
        before.path("interfaces").forEach(interfaces::add);
        final int index = interfaces.size();
        final ObjectNode device = interfaces.addObject().put("name", call.device()).put("mac", mac);
        if (call.version().equals("1.1.0")) {
            device.put("mtu", CniPlugin.mtu(call));
        }
        device.put("sandbox", call.namespace());
        final ArrayNode ips = result.putArray("ips");
        before.path("ips").forEach(ips::add);
        ips().forEach(ip -> ips.add(ip(ip, index)));
        final ArrayNode all = result.putArray("routes");
        before.path("routes").forEach(all::add);
        assignedRoutes().forEach(all::add);
        final JsonNode dns = assigned.path("dns");
        result.set("dns", dns.isObject() && !dns.isEmpty() ? dns : dnsOf(before));
        return result;
    }

    private JsonNode dnsOf(final JsonNode before) {
        final JsonNode asked = call.configuration().path("dns");
        final JsonNode dns = asked.isObject() ? asked : before.path("dns");
        return dns.isObject() ? dns : JSON.createObjectNode();
    }

    private ObjectNode ip(final JsonNode ip, final int index) {
        final String address = address(ip);
        final ObjectNode node = JSON.createObjectNode();
        if (call.version().startsWith("0.")) {
            node.put("version", address.contains(":") ? "6" : "4");
        }
        node.put("address", address).put("interface", index);
        if (ip.has("gateway")) {
            node.put("gateway", ip.path("gateway").asText());
        }
        return node;
    }
}
