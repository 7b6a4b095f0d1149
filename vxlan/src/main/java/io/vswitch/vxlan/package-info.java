/**
 * The overlay's wire format: networks of several hosts in UDP, after RFC 7348. Knows headers only;
 * ports and workers are the core's.
 */
package io.vswitch.vxlan;
