package io.vswitch.ctl.cli;

import picocli.CommandLine.Option;

/** A command that changes a layer, in the name of its owner if it has one. */
abstract class ChangingLayer extends Changing {
    @Option(
            names = "--owner",
            paramLabel = "NAME",
            description =
                    "Controller in whose name this is done: a layer that was added with an owner"
                            + " is changed by nobody else.")
    private String owner;

    @Override
    final String owner() {
        return owner;
    }
}
