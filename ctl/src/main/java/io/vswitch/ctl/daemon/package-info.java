/**
 * vswitchd: the switch as a library, the desired state in its journal, and the control socket, put
 * together.
 */
package io.vswitch.ctl.daemon;
