/** Guards of a port: what an endpoint may claim to be, and how much it may broadcast. */
package io.vswitch.core.guard;
