/** Fragments of IP datagrams that belong together. */
package io.vswitch.core.fragment;
