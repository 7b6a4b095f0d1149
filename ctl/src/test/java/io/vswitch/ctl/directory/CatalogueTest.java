package io.vswitch.ctl.directory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CatalogueTest {
    private static final String A = "02:00:00:00:00:0a";
    private static final String B = "02:00:00:00:00:0b";

    private static Endpoint at(
            final String vtep, final String mac, final String ip, final long generation) {
        return new Endpoint(7, mac, List.of(ip), vtep, generation);
    }

    private static HostState host(final String vtep, final Endpoint... endpoints) {
        return new HostState(
                "node-" + vtep, 1, List.of(new Membership(7, vtep)), List.of(endpoints));
    }

    @Test
    void shouldPutTogetherWhatHostsPublish() {
        final Catalogue catalogue =
                new Catalogue(
                        List.of(
                                host("192.0.2.1", at("192.0.2.1", A, "10.0.0.1", 1)),
                                host("192.0.2.2", at("192.0.2.2", B, "10.0.0.2", 1))));
        assertEquals(Set.of("192.0.2.1", "192.0.2.2"), catalogue.vteps(7));
        assertEquals("192.0.2.2", catalogue.macs(7).get(B).vtep());
        assertEquals(A, catalogue.ips(7).get("10.0.0.1").mac());
        assertEquals(Set.of(), catalogue.vteps(8));
        assertEquals(List.of(), catalogue.conflicts());
    }

    @Test
    void shouldGiveAMovedMacToTheHostThatCameLast() {
        final HostState first = host("192.0.2.9", at("192.0.2.9", A, "10.0.0.1", 1));
        final Endpoint moved =
                new Catalogue(List.of(first)).next(at("192.0.2.1", A, "10.0.0.1", 0));
        assertEquals(2, moved.generation());
        final Catalogue catalogue = new Catalogue(List.of(first, host("192.0.2.1", moved)));
        assertEquals("192.0.2.1", catalogue.macs(7).get(A).vtep());
        assertEquals("192.0.2.1", catalogue.ips(7).get("10.0.0.1").vtep());
        assertEquals(1, catalogue.conflicts().size());
    }

    @Test
    void shouldLeaveAnAddressToTheMacThatCameFirst() {
        final HostState first = host("192.0.2.9", at("192.0.2.9", A, "10.0.0.1", 1));
        final Endpoint second =
                new Catalogue(List.of(first)).next(at("192.0.2.1", B, "10.0.0.1", 0));
        final Catalogue catalogue = new Catalogue(List.of(first, host("192.0.2.1", second)));
        assertEquals(A, catalogue.ips(7).get("10.0.0.1").mac());
        assertEquals("192.0.2.1", catalogue.macs(7).get(B).vtep());
        assertEquals(
                List.of(
                        new Catalogue.Conflict(
                                7, "10.0.0.1", A + " at 192.0.2.9", B + " at 192.0.2.1")),
                catalogue.conflicts());
    }

    @Test
    void shouldAnswerTheSameWhateverTheOrderOfHosts() {
        final Random random = new Random(42);
        final List<HostState> hosts = new ArrayList<>();
        for (int i = 1; i < 20; i++) {
            final String vtep = "192.0.2." + i;
            final Endpoint[] endpoints = new Endpoint[10];
            for (int j = 0; j < endpoints.length; j++) {
                endpoints[j] =
                        at(
                                vtep,
                                "02:00:00:00:00:%02x".formatted(random.nextInt(40)),
                                "10.0.0." + random.nextInt(40),
                                random.nextInt(3));
            }
            hosts.add(host(vtep, endpoints));
        }
        final Catalogue first = new Catalogue(hosts);
        for (int i = 0; i < 20; i++) {
            Collections.shuffle(hosts, random);
            final Catalogue other = new Catalogue(hosts);
            assertEquals(first.macs(7), other.macs(7));
            assertEquals(first.ips(7), other.ips(7));
        }
    }

    @Test
    void shouldKeepNetworksApart() {
        final Endpoint other = new Endpoint(8, A, List.of("10.0.0.1"), "192.0.2.2", 5);
        final Catalogue catalogue =
                new Catalogue(
                        List.of(
                                host("192.0.2.1", at("192.0.2.1", A, "10.0.0.1", 1)),
                                host("192.0.2.2", other)));
        assertEquals("192.0.2.1", catalogue.macs(7).get(A).vtep());
        assertEquals("192.0.2.2", catalogue.macs(8).get(A).vtep());
        assertEquals(List.of(), catalogue.conflicts());
    }
}
