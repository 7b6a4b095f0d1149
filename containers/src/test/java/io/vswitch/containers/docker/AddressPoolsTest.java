package io.vswitch.containers.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class AddressPoolsTest {
    private static final String SWARM = AddressCalls.SWARM;

    @TempDir private Path directory;
    private AddressPools pools;

    @BeforeEach
    void open() throws IOException {
        pools = new AddressPools(new Records(directory.resolve("records")).pools());
    }

    private static String refusal(final Executable request) {
        return assertThrows(Refusal.class, request).getMessage();
    }

    private String pool(final String subnet) throws IOException {
        return pools.request(SWARM, subnet, "", false).id();
    }

    private List<String> take(final String pool, final int count) throws IOException {
        final List<String> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(pools.requestAddress(pool, ""));
        }
        return all;
    }

    @Test
    void shouldHandOutEachAddressOnceWhenNoneIsWanted() throws IOException {
        final String pool = pool("10.3.0.0/29");

        assertEquals(
                List.of("10.3.0.1/29", "10.3.0.2/29", "10.3.0.3/29", "10.3.0.4/29"), take(pool, 4));
        pools.releaseAddress(pool, "10.3.0.2");
        assertEquals(List.of("10.3.0.5/29", "10.3.0.6/29", "10.3.0.2/29"), take(pool, 3));
        assertEquals(
                "no address is free in 10.3.0.0/29: 6 are in use",
                refusal(() -> pools.requestAddress(pool, "")));
    }

    @Test
    void shouldHandOutOfTheRangeOnly() throws IOException {
        final String pool = pools.request(SWARM, "10.3.0.0/24", "10.3.0.64/30", false).id();

        assertEquals(
                List.of("10.3.0.64/24", "10.3.0.65/24", "10.3.0.66/24", "10.3.0.67/24"),
                take(pool, 4));
        assertEquals(
                "no address is free in 10.3.0.64/30: 4 are in use",
                refusal(() -> pools.requestAddress(pool, "")));
        assertEquals("10.3.0.1/24", pools.requestAddress(pool, "10.3.0.1"));
    }

    @Test
    void shouldHandOutOfAnIpv6Subnet() throws IOException {
        final String pool = pools.request(SWARM, "fd00:3::/64", "", true).id();

        assertEquals(List.of("fd00:3::1/64", "fd00:3::2/64"), take(pool, 2));
        assertEquals("fd00:3::ff/64", pools.requestAddress(pool, "fd00:3::ff"));
    }

    @Test
    void shouldRefuseInOneSentence() throws IOException {
        final String pool = pool("10.3.0.0/24");
        pools.requestAddress(pool, "10.3.0.9");

        assertEquals(
                "address 10.3.0.9 is taken", refusal(() -> pools.requestAddress(pool, "10.3.0.9")));
        assertEquals(
                "address 10.4.0.9 is not in subnet 10.3.0.0/24",
                refusal(() -> pools.requestAddress(pool, "10.4.0.9")));
        assertEquals(
                "subnet 10.3.0.0/16 overlaps with 10.3.0.0/24, which another network has",
                refusal(() -> pool("10.3.0.0/16")));
        assertEquals(
                "subnet 10.3.0.0/24 overlaps with 10.3.0.0/24, which another network has",
                refusal(() -> pool("10.3.0.0/24")));
        assertEquals(
                "pool '../../x-10.3.0.0_24' is not one of vswitch",
                refusal(() -> pools.request("../../x", "10.3.0.0/24", "", false)));
        pools.release(pool);
        pool("10.3.0.0/16");
    }

    @Test
    void shouldTakeARepetitionWhenThisHostLeadsAgain() throws IOException {
        final String pool = pool("10.3.0.0/29");
        take(pool, 6);
        open();
        pools.begin(SWARM);

        assertEquals(pool, pool("10.3.0.0/29"));
        for (int i = 1; i <= 5; i++) {
            assertEquals("10.3.0." + i + "/29", pools.requestAddress(pool, "10.3.0." + i));
        }
        assertEquals(
                "address 10.3.0.5 is taken", refusal(() -> pools.requestAddress(pool, "10.3.0.5")));
        // the sixth was released while another host was the leader
        assertEquals("10.3.0.6/29", pools.requestAddress(pool, ""));
    }

    @Test
    void shouldTakeWhatItIsToldOnANode() throws IOException {
        final String pool = pools.request(AddressPools.NODE, "10.3.0.0/24", "", false).id();

        assertEquals(pool, pools.request(AddressPools.NODE, "10.3.0.0/24", "", false).id());
        assertEquals("10.3.0.9/24", pools.requestAddress(pool, "10.3.0.9"));
        assertEquals("10.3.0.9/24", pools.requestAddress(pool, "10.3.0.9"));
        pools.release(pool);
        pools.releaseAddress(pool, "10.3.0.9");
        pools.release(pool);
        pools.releaseAddress(pool, "10.3.0.9");
    }

    @Test
    void shouldChooseASubnetWhenNoneIsWanted() throws IOException {
        assertEquals("10.200.0.0/24", pools.request(SWARM, "", "", false).subnet());
        assertEquals("10.201.0.0/24", pools.request(SWARM, "", "", false).subnet());
        assertEquals(
                "say which subnet by --subnet", refusal(() -> pools.request(SWARM, "", "", true)));
    }
}
