/**
 * A network driver for the Docker Engine: a v1 plugin, HTTP and JSON over a unix socket. Source of
 * the protocol: docs/remote.md of libnetwork, pkg/plugins of moby.
 */
package io.vswitch.containers.docker;
