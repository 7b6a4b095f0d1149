package io.vswitch.ctl.state;

import io.vswitch.core.engine.SwitchException;
import io.vswitch.rules.Pool;
import io.vswitch.rules.RuleSyntaxException;
import java.util.List;

/** A change of the pools of addresses and ports that rules translate sources to; immutable. */
public sealed interface PoolChange extends Change {
    private static Pool parse(final String name, final List<String> addresses, final String ports) {
        Names.checkLabel("pool", name);
        try {
            return Pool.of(name, addresses == null ? List.of() : addresses, ports);
        } catch (RuleSyntaxException e) {
            throw Refusal.usage(e.getMessage());
        }
    }

    /**
     * One pool more.
     *
     * @param addresses each IP, IP-IP or IP/LENGTH.
     * @param ports PORT-PORT, or null for the default.
     */
    record Add(String name, List<String> addresses, String ports) implements PoolChange {
        @Override
        public DesiredState applyTo(final DesiredState state) {
            return state.with(state.pools().with(parse(name, addresses, ports)));
        }
    }

    /** Other addresses and ports for a pool; connections whose own aren't among them end. */
    record Replace(String name, List<String> addresses, String ports) implements PoolChange {
        @Override
        public DesiredState applyTo(final DesiredState state) {
            return state.with(state.pools().without(name).with(parse(name, addresses, ports)));
        }
    }

    /** One pool less; refused while a rule names it. */
    record Delete(String name) implements PoolChange {
        @Override
        public DesiredState applyTo(final DesiredState state) {
            for (final DesiredPort port : state.ports().values()) {
                final String user = port.policy().userOfPool(name);
                if (user != null) {
                    throw new SwitchException(
                            "pool '%s' is used by %s; delete it first".formatted(name, user));
                }
            }
            return state.with(state.pools().without(name));
        }
    }
}
