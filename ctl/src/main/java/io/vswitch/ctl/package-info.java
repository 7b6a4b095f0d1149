/** vswitchd and vswitchctl: the switch as a daemon with durable state, and its command line. */
package io.vswitch.ctl;
