package io.vswitch.core.packet;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.vswitch.core.counters.DropReason;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Checks a frame's headers and writes its flow key, offsets and {@link ParseFlag}s into the batch;
 * stateless, runs on the worker that owns the batch. Bytes are hostile: every header is checked
 * against the end of the frame, or of the layer around it, before a field is read. Nothing is
 * allocated and nothing thrown.
 *
 * <pre>
 *   Ethernet -> VLAN tags (0 to 2) -> ARP
 *                                  -> IPv4 -> options, fragments         (NetworkParser)
 *                                  -> IPv6 -> extensions, fragments      (NetworkParser)
 *                                               -> TCP, UDP, ICMP        (TransportParser)
 * </pre>
 *
 * An unknown EtherType or IP protocol passes with the key of the layers below it. Bytes after the
 * IP packet (padding) are never looked at. IP packets above 64 KiB (BIG TCP, jumbograms) carry
 * length 0 and are dropped.
 */
public final class PacketParser {
    private PacketParser() {}

    /**
     * Parses one frame and checks its offload request against it.
     *
     * @param batch holds the frame.
     * @param slot slot of the frame.
     * @param ingressPort port id for the key, 0 to 65,535.
     * @return null when the frame is fine; otherwise why it must be dropped, its queue's refusal
     *     first; its key is then meaningless and its offsets and flags are 0.
     */
    public static DropReason parse(final PacketBatch batch, final int slot, final int ingressPort) {
        DropReason reason = batch.refusal(slot);
        if (reason == null) {
            reason = ethernet(batch, slot, ingressPort);
        }
        if (reason == null && (batch.offloadFlags(slot) | batch.gsoType(slot)) != 0) {
            reason = OffloadCheck.check(batch, slot);
        }
        if (reason != null) {
            batch.parsed(slot, 0, 0, 0);
        }
        return reason;
    }

    private static DropReason ethernet(
            final PacketBatch batch, final int slot, final int ingressPort) {
        final int start = batch.offset(slot);
        final int end = start + batch.length(slot);
        if (end - start < EthernetHeader.LENGTH) {
            return DropReason.MALFORMED_ETHERNET;
        }
        final UnsafeBuffer b = batch.buffer();
        final long head = b.getLong(start, BIG_ENDIAN);
        final long tail = b.getLong(start + EthernetHeader.SOURCE_OFFSET, BIG_ENDIAN);
        final long destination = head >>> 16;
        if (tail >>> 16 == 0 || EthernetHeader.isGroup(tail >>> 16)) {
            return DropReason.SOURCE_MAC_INVALID;
        }
        if (EthernetHeader.isReserved(destination)) {
            return DropReason.RESERVED_MULTICAST;
        }
        final int etherType = (int) tail & 0xffff;
        final int at = slot * FlowKey.WORDS;
        final long[] keys = batch.keys();
        keys[at] = destination << 16 | etherType;
        keys[at + 1] = tail & ~0xffffL;
        final int flags = (int) (destination >>> 40) & ParseFlag.GROUP_DESTINATION;
        final long word2 = (long) ingressPort << 48;
        return etherType == EthernetHeader.TYPE_IPV4
                ? NetworkParser.ipv4(batch, slot, start + EthernetHeader.LENGTH, end, flags, word2)
                : untaggedOrTagged(batch, slot, end, etherType, flags, word2);
    }

    private static DropReason untaggedOrTagged(
            final PacketBatch batch,
            final int slot,
            final int end,
            final int etherType,
            final int flags,
            final long word2) {
        return VlanTag.isTpid(etherType)
                ? outerTag(batch, slot, end, flags, word2)
                : network(
                        batch,
                        slot,
                        batch.offset(slot) + EthernetHeader.LENGTH,
                        end,
                        etherType,
                        flags,
                        word2);
    }

    private static DropReason outerTag(
            final PacketBatch batch,
            final int slot,
            final int end,
            final int flags,
            final long word2) {
        final UnsafeBuffer b = batch.buffer();
        final int tag = batch.offset(slot) + EthernetHeader.ADDRESSES_LENGTH;
        if (!VlanTag.isValid(b, tag, end)) {
            return DropReason.MALFORMED_VLAN;
        }
        final int at = slot * FlowKey.WORDS;
        batch.keys()[at + 1] |= FlowKey.VLAN_PRESENT | VlanTag.vid(b, tag);
        final int next = VlanTag.nextType(b, tag);
        if (VlanTag.isTpid(next)) {
            return innerTag(batch, slot, tag + VlanTag.LENGTH, end, flags, word2);
        }
        batch.keys()[at] = batch.keys()[at] & ~0xffffL | next;
        final int l3 = tag + VlanTag.LENGTH + 2;
        return network(batch, slot, l3, end, next, flags | 1 << ParseFlag.VLAN_SHIFT, word2);
    }

    private static DropReason innerTag(
            final PacketBatch batch,
            final int slot,
            final int tag,
            final int end,
            final int flags,
            final long word2) {
        final UnsafeBuffer b = batch.buffer();
        if (!VlanTag.isValid(b, tag, end) || VlanTag.isTpid(VlanTag.nextType(b, tag))) {
            return DropReason.MALFORMED_VLAN;
        }
        final int next = VlanTag.nextType(b, tag);
        final int at = slot * FlowKey.WORDS;
        batch.keys()[at] = batch.keys()[at] & ~0xffffL | next;
        final long inner = FlowKey.VLAN_PRESENT | VlanTag.vid(b, tag);
        final int l3 = tag + VlanTag.LENGTH + 2;
        return network(
                batch, slot, l3, end, next, flags | 2 << ParseFlag.VLAN_SHIFT, word2 | inner << 32);
    }

    private static DropReason network(
            final PacketBatch batch,
            final int slot,
            final int l3,
            final int end,
            final int etherType,
            final int flags,
            final long word2) {
        switch (etherType) {
            case EthernetHeader.TYPE_IPV4:
                return NetworkParser.ipv4(batch, slot, l3, end, flags, word2);
            case EthernetHeader.TYPE_IPV6:
                return NetworkParser.ipv6(batch, slot, l3, end, flags, word2);
            case EthernetHeader.TYPE_ARP:
                return arp(batch, slot, l3, end, flags, word2);
            default:
                addresses(batch, slot, 0, 0, 0, 0);
                return finish(batch, slot, l3, 0, flags, word2, 0);
        }
    }

    private static DropReason arp(
            final PacketBatch batch,
            final int slot,
            final int l3,
            final int end,
            final int flags,
            final long word2) {
        final UnsafeBuffer b = batch.buffer();
        if (!ArpHeader.isValid(b, l3, end)) {
            return DropReason.MALFORMED_ARP;
        }
        final long sender = ArpHeader.senderIp(b, l3);
        final long target = ArpHeader.targetIp(b, l3) & 0xffff_ffffL;
        addresses(batch, slot, sender << 32 | target, 0, 0, 0);
        final long operation = ArpHeader.operation(b, l3);
        return finish(batch, slot, l3, 0, flags | ParseFlag.ARP, word2 | operation << 24, 0);
    }

    /** Writes words 4 to 7 of the key. */
    static void addresses(
            final PacketBatch batch,
            final int slot,
            final long word4,
            final long word5,
            final long word6,
            final long word7) {
        final long[] keys = batch.keys();
        final int at = slot * FlowKey.WORDS;
        keys[at + 4] = word4;
        keys[at + 5] = word5;
        keys[at + 6] = word6;
        keys[at + 7] = word7;
    }

    /** Writes words 2 and 3 of the key, the offsets and the flags; the frame is fine. */
    static DropReason finish(
            final PacketBatch batch,
            final int slot,
            final int l3,
            final int l4,
            final int flags,
            final long word2,
            final long word3) {
        final long[] keys = batch.keys();
        final int at = slot * FlowKey.WORDS;
        keys[at + 2] = word2;
        keys[at + 3] = word3 | batch.remote(slot);
        batch.parsed(slot, l3, l4, flags);
        return null;
    }
}
