package io.vswitch.ctl.daemon;

import io.vswitch.core.engine.VirtualSwitch;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.core.view.PortInfo;
import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.DesiredPort;
import io.vswitch.ctl.state.DesiredState;
import io.vswitch.ctl.state.PolicyChange;
import io.vswitch.ctl.state.Refusal;
import io.vswitch.rules.PolicyCompiler;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Layers as they would be after changes that nobody makes; any thread. */
final class WhatIf {
    private WhatIf() {}

    /**
     * The compiled layers of the ports that the changes would alter, by port; counters and caches
     * of the running ones have no part in them.
     *
     * @param changes null for none.
     * @throws Refusal when a change would be refused, or is none of rules.
     */
    static Map<String, PortPolicy> policies(
            final DesiredState state, final List<Change> changes, final VirtualSwitch vswitch) {
        if (changes == null || changes.isEmpty()) {
            return Map.of();
        }
        if (!changes.stream().allMatch(change -> change instanceof PolicyChange)) {
            throw Refusal.usage("only changes of layers, groups and rules can be supposed");
        }
        final Map<String, Integer> ids = new HashMap<>();
        for (final PortInfo port : vswitch.ports()) {
            ids.put(port.name(), port.id());
        }
        final Map<String, PortPolicy> policies = new HashMap<>();
        for (final DesiredPort port :
                Completion.complete(changes, state).state().ports().values()) {
            if (port.policy() != state.port(port.name()).policy()) {
                policies.put(
                        port.name(),
                        new PolicyCompiler(port.name())
                                .compile(
                                        port.policy(),
                                        state.tags(),
                                        name -> ids.getOrDefault(name, Policies.NOBODY)));
            }
        }
        return policies;
    }
}
