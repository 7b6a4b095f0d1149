/**
 * The control API: HTTP/1.1 and JSON over a unix socket, its server, its client and what they
 * exchange.
 */
package io.vswitch.ctl.api;
