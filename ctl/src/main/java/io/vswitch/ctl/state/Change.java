package io.vswitch.ctl.state;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/**
 * One step of the desired state: what the control API takes, and what a journal record holds, as
 * JSON. Immutable.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "do")
@JsonSubTypes({
    @JsonSubTypes.Type(value = NetworkChange.Add.class, name = "add-network"),
    @JsonSubTypes.Type(value = NetworkChange.Delete.class, name = "del-network"),
    @JsonSubTypes.Type(value = PortChange.Add.class, name = "add-port"),
    @JsonSubTypes.Type(value = PortChange.Delete.class, name = "del-port"),
    @JsonSubTypes.Type(value = PortChange.Enable.class, name = "enable-port"),
    @JsonSubTypes.Type(value = PortChange.HandOver.class, name = "hand-over"),
    @JsonSubTypes.Type(value = PortChange.SetGuards.class, name = "set-guard"),
    @JsonSubTypes.Type(value = PortChange.SetLimits.class, name = "set-limits"),
    @JsonSubTypes.Type(value = TagChange.Add.class, name = "add-tag"),
    @JsonSubTypes.Type(value = TagChange.Replace.class, name = "replace-tag"),
    @JsonSubTypes.Type(value = TagChange.Delete.class, name = "del-tag"),
    @JsonSubTypes.Type(value = PoolChange.Add.class, name = "add-pool"),
    @JsonSubTypes.Type(value = PoolChange.Replace.class, name = "replace-pool"),
    @JsonSubTypes.Type(value = PoolChange.Delete.class, name = "del-pool"),
    @JsonSubTypes.Type(value = SpaceChange.Add.class, name = "add-space"),
    @JsonSubTypes.Type(value = SpaceChange.Replace.class, name = "replace-space"),
    @JsonSubTypes.Type(value = SpaceChange.Delete.class, name = "del-space"),
    @JsonSubTypes.Type(value = SpaceChange.Map.class, name = "add-mappings"),
    @JsonSubTypes.Type(value = SpaceChange.Unmap.class, name = "del-mappings"),
    @JsonSubTypes.Type(value = BalancerChange.Add.class, name = "add-lb"),
    @JsonSubTypes.Type(value = BalancerChange.Replace.class, name = "replace-lb"),
    @JsonSubTypes.Type(value = BalancerChange.Delete.class, name = "del-lb"),
    @JsonSubTypes.Type(value = BalancerChange.AddBackend.class, name = "add-backend"),
    @JsonSubTypes.Type(value = BalancerChange.SetBackend.class, name = "set-backend"),
    @JsonSubTypes.Type(value = BalancerChange.DeleteBackend.class, name = "del-backend"),
    @JsonSubTypes.Type(value = PolicyChange.AddLayer.class, name = "add-layer"),
    @JsonSubTypes.Type(value = PolicyChange.DeleteLayer.class, name = "del-layer"),
    @JsonSubTypes.Type(value = PolicyChange.AddGroup.class, name = "add-group"),
    @JsonSubTypes.Type(value = PolicyChange.DeleteGroup.class, name = "del-group"),
    @JsonSubTypes.Type(value = PolicyChange.AddRule.class, name = "add-rule"),
    @JsonSubTypes.Type(value = PolicyChange.DeleteRule.class, name = "del-rule"),
    @JsonSubTypes.Type(value = RulesChange.class, name = "change-rules"),
    @JsonSubTypes.Type(value = RouterChange.Add.class, name = "add-router"),
    @JsonSubTypes.Type(value = RouterChange.Delete.class, name = "del-router"),
    @JsonSubTypes.Type(value = OverlayChange.AddPeer.class, name = "add-peer"),
    @JsonSubTypes.Type(value = OverlayChange.DeletePeer.class, name = "del-peer"),
    @JsonSubTypes.Type(value = OverlayChange.AddMac.class, name = "add-mac"),
    @JsonSubTypes.Type(value = OverlayChange.DeleteMac.class, name = "del-mac"),
    @JsonSubTypes.Type(value = OverlayChange.AddNeighbour.class, name = "add-neighbour"),
    @JsonSubTypes.Type(value = OverlayChange.DeleteNeighbour.class, name = "del-neighbour"),
    @JsonSubTypes.Type(value = OverlayChange.FlushNeighbours.class, name = "flush-neighbours"),
    @JsonSubTypes.Type(value = OverlayChange.Replace.class, name = "replace-mappings"),
})
public sealed interface Change
        permits NetworkChange,
                OverlayChange,
                RouterChange,
                PortChange,
                TagChange,
                PoolChange,
                SpaceChange,
                BalancerChange,
                PolicyChange {
    /** The state after this change; refuses what contradicts {@code state}. */
    DesiredState applyTo(DesiredState state);
}
