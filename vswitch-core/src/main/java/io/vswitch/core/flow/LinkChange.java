package io.vswitch.core.flow;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.vswitch.core.packet.EthernetHeader;
import io.vswitch.core.packet.FlowKey;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.packet.ParseFlag;
import io.vswitch.core.packet.VlanTag;
import io.vswitch.core.policy.HeaderFields;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Change of MACs and VLAN tags, the Ethernet part of a {@link Transposition}; immutable, any
 * thread.
 *
 * <p>Tags are matched from the inside: a push puts new tags in front of those that are there, a pop
 * takes the front ones off. A tag that stays keeps its TPID, PCP and DEI, and gets the new VID. A
 * new tag is a customer tag (0x8100), or a service tag (0x88a8) when another follows it. Everything
 * from the EtherType on stays where it is; the frame's start moves within the headroom.
 */
final class LinkChange {
    private static final int VID = VlanTag.VID_MASK;

    private final boolean destinationChanged;
    private final boolean sourceChanged;
    private final long destinationMac;
    private final long sourceMac;
    private final int tagsBefore;
    private final int tagsAfter;
    private final int outerVid;
    private final int innerVid;
    private final boolean tagsChanged;

    private LinkChange(final HeaderFields before, final HeaderFields after) {
        destinationChanged = before.destinationMac != after.destinationMac;
        sourceChanged = before.sourceMac != after.sourceMac;
        destinationMac = after.destinationMac;
        sourceMac = after.sourceMac;
        tagsBefore = tags(before);
        tagsAfter = tags(after);
        outerVid = (after.outerVlan != 0 ? after.outerVlan : after.innerVlan) & VID;
        innerVid = after.innerVlan & VID;
        tagsChanged = before.outerVlan != after.outerVlan || before.innerVlan != after.innerVlan;
    }

    /** The change, or null when MACs and tags stay. */
    static LinkChange between(final HeaderFields before, final HeaderFields after) {
        final LinkChange change = new LinkChange(before, after);
        return change.destinationChanged || change.sourceChanged || change.tagsChanged
                ? change
                : null;
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
