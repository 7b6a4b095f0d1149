/** The switch under container runtimes, each as a client of vswitchd's control socket. */
package io.vswitch.containers;
