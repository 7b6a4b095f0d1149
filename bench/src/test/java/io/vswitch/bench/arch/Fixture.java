package io.vswitch.bench.arch;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ToolProvider;

/**
 * Compiles small sources at test time, so that no module carries the libraries it must not know.
 */
final class Fixture {
    private final Path folder;
    private final List<String> sources = new ArrayList<>();

    Fixture(Path folder) {
        this.folder = folder;
    }

    /** Adds a class of this fully qualified name with this body. */
    Fixture type(String name, String body) throws IOException {
        int dot = name.lastIndexOf('.');
        String simpleName = name.substring(dot + 1);
        Path file = folder.resolve("src").resolve(name.replace('.', '/') + ".java");
        Files.createDirectories(file.getParent());
        Files.writeString(
                file,
                "package %s; public class %s { %s }"
                        .formatted(name.substring(0, dot), simpleName, body));
        sources.add(file.toString());
        return this;
    }

    JavaClasses compile() throws IOException {
        Path output = Files.createDirectories(folder.resolve("classes"));
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "-nowarn",
                                "-d",
                                output.toString(),
                                "--add-exports",
                                "java.base/jdk.internal.misc=ALL-UNNAMED"));
        arguments.addAll(sources);
        int exit =
                ToolProvider.getSystemJavaCompiler()
                        .run(null, null, null, arguments.toArray(String[]::new));
        if (exit != 0) {
            throw new IllegalStateException("a fixture does not compile: " + sources);
        }
        return new ClassFileImporter().importPath(output);
    }
}
