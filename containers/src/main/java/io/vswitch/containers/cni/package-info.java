/**
 * A CNI plugin: a script that hands each call to a process that is there already. Source of the
 * protocol: SPEC.md 1.1.0 of containernetworking/cni.
 */
package io.vswitch.containers.cni;
