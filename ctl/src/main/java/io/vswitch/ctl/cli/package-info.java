/** vswitchctl: each command parses its arguments, asks the daemon and shows the answer. */
package io.vswitch.ctl.cli;
