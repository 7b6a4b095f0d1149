package io.vswitch.ctl.daemon;

import io.vswitch.ctl.state.BalancerChange;
import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.Guards;
import io.vswitch.ctl.state.NetworkChange;
import io.vswitch.ctl.state.OverlayChange;
import io.vswitch.ctl.state.PolicyChange;
import io.vswitch.ctl.state.PoolChange;
import io.vswitch.ctl.state.PortChange;
import io.vswitch.ctl.state.PortSpec;
import io.vswitch.ctl.state.RouterChange;
import io.vswitch.ctl.state.RulesChange;
import io.vswitch.ctl.state.SpaceChange;
import io.vswitch.ctl.state.TagChange;
import io.vswitch.rules.RuleBody;

/** One line for each thing that was done; stateless. */
final class StepText {
    private StepText() {}

    static String of(final Change change) {
        if (change instanceof NetworkChange network) {
            return of(network);
        }
        if (change instanceof PortChange port) {
            return of(port);
        }
        if (change instanceof TagChange tag) {
            return of(tag);
        }
        if (change instanceof PoolChange pool) {
            return of(pool);
        }
        if (change instanceof SpaceChange space) {
            return SpaceText.of(space);
        }
        if (change instanceof RouterChange router) {
            return "router "
                    + router.name()
                    + (router instanceof RouterChange.Add ? " added" : " deleted");
        }
        if (change instanceof OverlayChange overlay) {
            return OverlayText.of(overlay);
        }
        if (change instanceof BalancerChange balancer) {
            return of(balancer);
        }
        return of((PolicyChange) change);
    }

    private static String of(final BalancerChange change) {
        if (change instanceof BalancerChange.Add add) {
            return "load balancer " + add.name() + " added";
        }
        if (change instanceof BalancerChange.Replace replace) {
            return "load balancer " + replace.name() + " replaced";
        }
        if (change instanceof BalancerChange.Delete delete) {
            return "load balancer " + delete.name() + " deleted";
        }
        if (change instanceof BalancerChange.AddBackend add) {
            final String id = add.backend().parse().id();
            return "backend %s of load balancer %s added".formatted(id, add.balancer());
        }
        if (change instanceof BalancerChange.SetBackend set) {
            return "backend %s of load balancer %s:%s%s"
                    .formatted(
                            set.id(),
                            set.balancer(),
                            set.weight() == null ? "" : " weight " + set.weight(),
                            set.set() == null ? "" : " " + set.set());
        }
        final BalancerChange.DeleteBackend delete = (BalancerChange.DeleteBackend) change;
        return "backend %s of load balancer %s deleted".formatted(delete.id(), delete.balancer());
    }

    private static String of(final TagChange change) {
        if (change instanceof TagChange.Add add) {
            return "tag " + add.name() + " added";
        }
        if (change instanceof TagChange.Replace replace) {
            return "tag " + replace.name() + " replaced";
        }
        return "tag " + ((TagChange.Delete) change).name() + " deleted";
    }

    private static String of(final PoolChange change) {
        if (change instanceof PoolChange.Add add) {
            return "pool " + add.name() + " added";
        }
        if (change instanceof PoolChange.Replace replace) {
            return "pool " + replace.name() + " replaced";
        }
        return "pool " + ((PoolChange.Delete) change).name() + " deleted";
    }

    private static String of(final NetworkChange change) {
        if (change instanceof NetworkChange.Add add) {
            return "network " + add.network().name() + " added";
        }
        return "network " + ((NetworkChange.Delete) change).name() + " deleted";
    }

    private static String of(final PortChange change) {
        if (change instanceof PortChange.Add add) {
            return added(add.port());
        }
        if (change instanceof PortChange.Enable enable) {
            return "port " + enable.name() + (enable.enabled() ? " enabled" : " disabled");
        }
        if (change instanceof PortChange.SetGuards set) {
            return "port " + set.name() + " guards: " + Guards.text(set.guards());
        }
        if (change instanceof PortChange.SetLimits set) {
            return "port " + set.name() + " limits: " + set.limits();
        }
        if (change instanceof PortChange.HandOver taken) {
            return "port "
                    + taken.name()
                    + (taken.netns() == null ? " is back" : " goes to ")
                    + (taken.netns() == null ? "" : taken.netns());
        }
        return "port " + ((PortChange.Delete) change).name() + " deleted";
    }

    private static String added(final PortSpec port) {
        final StringBuilder text = new StringBuilder("port " + port.name() + " added: ");
        text.append(port.device());
        if (port.netns() != null) {
            text.append(" in ").append(port.netns());
        }
        if (port.mac() != null) {
            text.append(", ").append(port.mac());
        }
        port.addresses().forEach(address -> text.append(", ").append(address));
        return text.append(port.network() == null ? "" : ", network " + port.network()).toString();
    }

    private static String of(final PolicyChange change) {
        if (change instanceof PolicyChange.AddLayer add) {
            final String kind = Boolean.TRUE.equals(add.stateful()) ? "stateful layer" : "layer";
            return "%s %s of port %s added".formatted(kind, add.layer(), add.port());
        }
        if (change instanceof PolicyChange.DeleteLayer delete) {
            return "layer %s of port %s deleted".formatted(delete.layer(), delete.port());
        }
        if (change instanceof PolicyChange.AddGroup add) {
            return "group %s.%s of port %s added".formatted(add.layer(), add.group(), add.port());
        }
        if (change instanceof PolicyChange.DeleteGroup delete) {
            return "group %s.%s of port %s deleted"
                    .formatted(delete.layer(), delete.group(), delete.port());
        }
        if (change instanceof PolicyChange.AddRule add) {
            return "rule %s of port %s %s.%s added: %s"
                    .formatted(
                            add.id(),
                            add.port(),
                            add.layer(),
                            add.group(),
                            RuleBody.parse(add.text()));
        }
        if (change instanceof RulesChange rules) {
            return "rules of port %s %s.%s changed: %d added, %d deleted"
                    .formatted(
                            rules.port(),
                            rules.layer(),
                            rules.group(),
                            rules.add().size(),
                            rules.remove().size());
        }
        final PolicyChange.DeleteRule delete = (PolicyChange.DeleteRule) change;
        return "rule %s of port %s %s.%s deleted"
                .formatted(delete.id(), delete.port(), delete.layer(), delete.group());
    }
}
