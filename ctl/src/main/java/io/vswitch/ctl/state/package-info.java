/**
 * The desired state: networks, ports and their layers, groups and rules, and the changes that lead
 * from one state to the next. Everything here is immutable; nothing here touches a device.
 */
package io.vswitch.ctl.state;
