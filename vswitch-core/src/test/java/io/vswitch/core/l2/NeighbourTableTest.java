package io.vswitch.core.l2;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class NeighbourTableTest {
    @Property(tries = 100)
    void shouldAgreeWithMapWhenOperationsAreRandom(@ForAll final long seed) {
        final Random random = new Random(seed);
        final NeighbourTable table = new NeighbourTable(seed);
        final Map<Long, Long> model = new HashMap<>();
        for (int i = 0; i < 2000; i++) {
            final long key = random.nextInt(150);
            if (random.nextInt(3) > 0) {
                final long mac = 1 + random.nextInt(1000);
                table.put(key % 3, key, mac);
                model.put(key, mac);
            } else {
                table.remove(key % 3, key);
                model.remove(key);
            }
            assertEquals(model.size(), table.size());
        }
        for (long key = 0; key < 150; key++) {
            assertEquals(model.getOrDefault(key, 0L), table.mac(key % 3, key));
        }
    }

    @Test
    void shouldTellIpv4FromIpv6WhenTheirBitsAreTheSame() {
        final NeighbourTable table = new NeighbourTable(1);
        table.put(0, NeighbourTable.ipv4(0x0a000001), 7);
        assertEquals(7, table.mac(0, NeighbourTable.ipv4(0x0a000001)));
        assertEquals(0, table.mac(0, 0x0a000001));
        table.put(0, NeighbourTable.ipv4(0xc0a80001), 8);
        assertEquals(8, table.mac(0, NeighbourTable.ipv4(0xc0a80001)));
    }
}
