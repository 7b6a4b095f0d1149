package io.vswitch.core.guard;

import static java.nio.ByteOrder.BIG_ENDIAN;

import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What is checked of the frames that come from one port, what its endpoint may claim to be, and how
 * much may pass: immutable, any thread.
 *
 * <p>Without any address, ARP and neighbour discovery are checked for the MAC alone. Link-local
 * IPv6 addresses are allowed all, unless the port's own are named.
 */
public final class PortGuards {
    /** Nothing is checked. */
    public static final PortGuards NONE = new Builder().build();

    private static final long LINK_LOCAL = 0xfe80L << 48;
    private static final long LINK_LOCAL_MASK = 0xffc0L << 48;

    private final Set<Guard> guards;
    private final int bits;
    private final long mac;
    private final int[] ipv4;

    /** High and low words in turn. */
    private final long[] ipv6;

    private final boolean anyLinkLocal;
    private final StormLimits limits;
    private final PortLimits traffic;

    private PortGuards(final Builder from) {
        guards = EnumSet.copyOf(from.guards);
        bits = guards.stream().mapToInt(PortGuards::bit).sum();
        mac = from.mac;
        ipv4 = from.ipv4;
        ipv6 = from.ipv6;
        anyLinkLocal = !hasLinkLocal(ipv6);
        limits = guards.contains(Guard.STORM) ? from.limits : null;
        traffic = from.traffic;
    }

    private static boolean hasLinkLocal(final long[] addresses) {
        for (int i = 0; i < addresses.length; i += 2) {
            if (isLinkLocal(addresses[i])) {
                return true;
            }
        }
        return false;
    }

    private static boolean isLinkLocal(final long high) {
        return (high & LINK_LOCAL_MASK) == LINK_LOCAL;
    }

    private static int bit(final Guard guard) {
        return 1 << guard.ordinal();
    }

    /** Whether nothing at all is checked. */
    public boolean isNone() {
        return bits == 0;
    }

    public boolean has(final Guard guard) {
        return (bits & bit(guard)) != 0;
    }

    /** The limits of {@link Guard#STORM}, or null without it. */
    public StormLimits limits() {
        return limits;
    }

    /** How much may pass, whatever it is. */
    public PortLimits traffic() {
        return traffic;
    }

    boolean isMac(final long address) {
        return address == mac;
    }

    /** Whether addresses can be told to be another's: the port has at least one. */
    boolean knowsAddresses() {
        return ipv4.length + ipv6.length > 0;
    }

    boolean isIpv4(final int address) {
        for (final int own : ipv4) {
            if (own == address) {
                return true;
            }
        }
        return false;
    }

    boolean isIpv6(final long high, final long low) {
        if (anyLinkLocal && isLinkLocal(high)) {
            return true;
        }
        for (int i = 0; i < ipv6.length; i += 2) {
            if (ipv6[i] == high && ipv6[i + 1] == low) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return guards.isEmpty()
                ? "none"
                : String.join(",", guards.stream().map(Guard::label).toList());
    }

    /** Collects the guards of one port; one thread. */
    public static final class Builder {
        private final Set<Guard> guards = EnumSet.noneOf(Guard.class);
        private long mac;
        private int[] ipv4 = {};
        private long[] ipv6 = {};
        private StormLimits limits = StormLimits.DEFAULT;
        private PortLimits traffic = PortLimits.DEFAULT;

        /** Checks this, too. */
        public Builder guards(final Collection<Guard> more) {
            guards.addAll(more);
            return this;
        }

        /** The endpoint's MAC, in the low 48 bits. */
        public Builder mac(final long address) {
            mac = address;
            return this;
        }

        /**
         * One more address of the endpoint.
         *
         * @param address 4 or 16 bytes.
         */
        public Builder address(final byte[] address) {
            final UnsafeBuffer buffer = new UnsafeBuffer(address);
            if (address.length == 4) {
                ipv4 = Arrays.copyOf(ipv4, ipv4.length + 1);
                ipv4[ipv4.length - 1] = buffer.getInt(0, BIG_ENDIAN);
            } else if (address.length == 16) {
                ipv6 = Arrays.copyOf(ipv6, ipv6.length + 2);
                ipv6[ipv6.length - 2] = buffer.getLong(0, BIG_ENDIAN);
                ipv6[ipv6.length - 1] = buffer.getLong(8, BIG_ENDIAN);
            } else {
                throw new IllegalArgumentException(
                        "address of " + address.length + " bytes; allowed are 4 and 16");
            }
            return this;
        }

        /** Limits of {@link Guard#STORM}. */
        public Builder limits(final StormLimits packetsPerSecond) {
            limits = packetsPerSecond;
            return this;
        }

        /** How much may pass, whatever it is. */
        public Builder traffic(final PortLimits amounts) {
            traffic = amounts;
            return this;
        }

        /**
         * @throws IllegalArgumentException when a guard needs the MAC or addresses, and there are
         *     none.
         */
        public PortGuards build() {
            for (final Guard guard : guards) {
                final boolean needsMac =
                        guard == Guard.MAC || guard == Guard.ARP || guard == Guard.ND;
                if (needsMac && mac == 0) {
                    throw new IllegalArgumentException(
                            "guard " + guard.label() + " needs the port's MAC");
                }
                final boolean needsAddress = guard == Guard.IPV4 || guard == Guard.IPV6;
                if (needsAddress && ipv4.length + ipv6.length == 0) {
                    throw new IllegalArgumentException(
                            "guard " + guard.label() + " needs an address of the port");
                }
            }
            return new PortGuards(this);
        }
    }
}
