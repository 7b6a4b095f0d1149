/**
 * Policy documents: YAML or JSON that describes what a host should have, its reader, its difference
 * to a desired state and its writer.
 */
package io.vswitch.ctl.document;
