package io.vswitch.core.flow;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.vswitch.core.packet.EthernetHeader;
import io.vswitch.core.packet.FlowKey;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.packet.ParseFlag;
import io.vswitch.core.packet.VlanTag;
import io.vswitch.core.policy.HeaderFields;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Change of MACs and VLAN tags, the Ethernet part of a {@link Transposition}; owned like it.
 *
 * <p>Tags are matched from the inside: a push puts new tags in front of those that are there, a pop
 * takes the front ones off. A tag that stays keeps its TPID, PCP and DEI, and gets the new VID. A
 * new tag is a customer tag (0x8100), or a service tag (0x88a8) when another follows it. Everything
 * from the EtherType on stays where it is; the frame's start moves within the headroom.
 */
final class LinkChange {
    private static final int VID = VlanTag.VID_MASK;
    private static final int DESTINATION = 1 << 3;
    private static final int SOURCE = 1 << 4;
    private static final int TAGS = 1 << 5;
    private static final int TAGS_SHIFT = 9;

    private boolean destinationChanged;
    private boolean sourceChanged;
    private long destinationMac;
    private long sourceMac;
    private int tagsBefore;
    private int tagsAfter;
    private int outerVlan;
    private int innerVlan;
    private boolean tagsChanged;

    /** Takes the change; false when MACs and tags stay. */
    boolean set(final HeaderFields before, final HeaderFields after) {
        destinationChanged = before.destinationMac != after.destinationMac;
        sourceChanged = before.sourceMac != after.sourceMac;
        destinationMac = after.destinationMac;
        sourceMac = after.sourceMac;
        tagsBefore = tags(before);
        tagsAfter = tags(after);
        outerVlan = after.outerVlan;
        innerVlan = after.innerVlan;
        tagsChanged = before.outerVlan != after.outerVlan || before.innerVlan != after.innerVlan;
        return destinationChanged || sourceChanged || tagsChanged;
    }

    /** Writes the change to a record, see {@link Transposition}; returns its flags. */
    int store(final long record) {
        UnsafeApi.putLong(record + 8, destinationMac << 16 | outerVlan & 0xffff);
        UnsafeApi.putLong(record + 16, sourceMac << 16 | innerVlan & 0xffff);
        return (destinationChanged ? DESTINATION : 0)
                | (sourceChanged ? SOURCE : 0)
                | (tagsChanged ? TAGS : 0)
                | tagsBefore << TAGS_SHIFT
                | tagsAfter << TAGS_SHIFT + 2;
    }

    /** Reads it again. */
    void load(final long record, final int flags) {
        final long destination = UnsafeApi.getLong(record + 8);
        final long source = UnsafeApi.getLong(record + 16);
        destinationMac = destination >>> 16;
        sourceMac = source >>> 16;
        outerVlan = (int) destination & 0xffff;
        innerVlan = (int) source & 0xffff;
        destinationChanged = (flags & DESTINATION) != 0;
        sourceChanged = (flags & SOURCE) != 0;
        tagsChanged = (flags & TAGS) != 0;
        tagsBefore = flags >> TAGS_SHIFT & 3;
        tagsAfter = flags >> TAGS_SHIFT + 2 & 3;
    }

    /** Makes the change in fields. */
    void restore(final HeaderFields fields) {
        fields.destinationMac = destinationMac;
        fields.sourceMac = sourceMac;
        fields.outerVlan = outerVlan;
        fields.innerVlan = innerVlan;
    }

    private static int tags(final HeaderFields fields) {
        return (fields.outerVlan >> 12 & 1) + (fields.innerVlan >> 12 & 1);
    }

    /**
     * True when the packet has the tags this change starts from, and headroom for those it ends
     * with.
     */
    boolean isApplicable(final PacketBatch batch, final int slot) {
        final PacketPool pool = batch.pool();
        final int growth = (tagsAfter - tagsBefore) * VlanTag.LENGTH;
        final int headroomStart = pool.frameOffset(batch.slab(slot)) - PacketPool.HEADROOM;
        return ParseFlag.vlanTags(batch.parseFlags(slot)) == tagsBefore
                && batch.offset(slot) - growth >= headroomStart;
    }

    /** Changes a packet for which {@link #isApplicable} holds. */
    void apply(final PacketBatch batch, final int slot) {
        final UnsafeBuffer b = batch.buffer();
        final int start = batch.offset(slot);
        final long destination =
                destinationChanged ? destinationMac : EthernetHeader.destinationMac(b, start);
        final long source = sourceChanged ? sourceMac : EthernetHeader.sourceMac(b, start);
        final int newStart = start - (tagsAfter - tagsBefore) * VlanTag.LENGTH;
        if (tagsChanged) {
            putTags(b, batch.l3Offset(slot) - 2);
            batch.moveStart(slot, newStart - start);
        }
        EthernetHeader.addresses(b, newStart, destination, source);
        int flags =
                batch.parseFlags(slot) & ~(ParseFlag.GROUP_DESTINATION | 3 << ParseFlag.VLAN_SHIFT);
        flags |= tagsAfter << ParseFlag.VLAN_SHIFT;
        flags |= EthernetHeader.isGroup(destination) ? ParseFlag.GROUP_DESTINATION : 0;
        batch.parsed(slot, batch.l3Offset(slot), batch.l4Offset(slot), flags);
    }

    private void putTags(final UnsafeBuffer b, final int typeOffset) {
        final int last = typeOffset - VlanTag.LENGTH;
        final int first = last - VlanTag.LENGTH;
        final int innerVid = innerVlan & VID;
        final int outerVid = (outerVlan != 0 ? outerVlan : innerVlan) & VID;
        if (tagsAfter == 2) {
            putTag(b, first, tagsBefore == 2, VlanTag.TPID_SERVICE, outerVid);
        }
        if (tagsAfter > 0) {
            putTag(
                    b,
                    last,
                    tagsBefore > 0,
                    VlanTag.TPID_CUSTOMER,
                    tagsAfter == 2 ? innerVid : outerVid);
        }
    }

    private static void putTag(
            final UnsafeBuffer b,
            final int at,
            final boolean kept,
            final int newTpid,
            final int vid) {
        final int tag = kept ? b.getInt(at, BIG_ENDIAN) : newTpid << 16;
        b.putInt(at, tag & ~VID | vid, BIG_ENDIAN);
    }

    /** True when a VLAN field is neither 0 nor {@link FlowKey#VLAN_PRESENT} | VID. */
    static boolean isVlanImpossible(final int vlan) {
        return vlan != 0 && (vlan & ~VID) != FlowKey.VLAN_PRESENT;
    }
}
