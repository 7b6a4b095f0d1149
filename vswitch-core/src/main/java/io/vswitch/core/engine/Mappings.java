package io.vswitch.core.engine;

import io.vswitch.core.view.MacPin;
import io.vswitch.core.view.Neighbour;
import java.util.List;

/**
 * What a network is told of its addresses, beside what it learns; from {@link
 * VirtualSwitch#mappings}. Any thread, one change at a time; a method returns when every worker
 * runs the change, and throws {@link SwitchException} with one line when it refuses.
 */
public interface Mappings {
    /**
     * Pins MACs to locations, or unpins them; all or none. A pinned MAC is never aged, moved or
     * pushed out, until its port is removed.
     */
    void pin(List<MacPin> changes);

    /**
     * Forgets every learned MAC.
     *
     * @return how many.
     */
    long flushMacs();

    /**
     * Says which MACs have which addresses, or forgets it: ARP and ND for them stay in the host.
     */
    void neighbours(List<Neighbour> changes);
}
