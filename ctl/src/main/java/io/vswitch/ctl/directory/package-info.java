/**
 * The endpoint directory that switches share: who has which MAC and address behind which tunnel
 * endpoint. {@link io.vswitch.ctl.directory.Directory} is what the daemon knows of it; JGroups is
 * used in this package only.
 */
package io.vswitch.ctl.directory;
