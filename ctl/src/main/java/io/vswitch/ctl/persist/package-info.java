/**
 * What outlives a process: the {@link io.vswitch.ctl.persist.Journal} of the desired state and
 * pcapng capture files. Records and blocks are built in off-heap Chronicle Bytes and leave through
 * a {@code FileChannel}: a mapped file that meets a full disk kills the JVM with SIGBUS, a write
 * returns an error that the caller can survive.
 */
package io.vswitch.ctl.persist;
