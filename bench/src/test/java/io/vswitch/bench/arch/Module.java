package io.vswitch.bench.arch;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** A module's folder and the package root that its classes keep to. */
enum Module {
    CORE("vswitch-core", "io.vswitch.core"),
    RULES("vfp-rules", "io.vswitch.rules"),
    VXLAN("vxlan", "io.vswitch.vxlan"),
    TAP("tap-io", "io.vswitch.tap"),
    CTL("ctl", "io.vswitch.ctl"),
    CONTAINERS("containers", "io.vswitch.containers"),
    BENCH("bench", "io.vswitch.bench");

    private static final Path ROOT = root();
    private final String folder;
    private final String packageRoot;

    Module(String folder, String packageRoot) {
        this.folder = folder;
        this.packageRoot = packageRoot;
    }

    String packageRoot() {
        return packageRoot;
    }

    boolean hasSources() {
        Path sources = ROOT.resolve(folder).resolve("src/main/java");
        if (!Files.isDirectory(sources)) {
            return false;
        }
        try (var files = Files.walk(sources)) {
            return files.anyMatch(file -> file.toString().endsWith(".java"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** False in a build of some modules only, which never compiled this one. */
    boolean isBuilt() {
        return Files.isDirectory(classesFolder());
    }

    JavaClasses classes() {
        return new ClassFileImporter().importPath(classesFolder());
    }

    /** The compiled production classes of every built module, ctl's too, which bench can't see. */
    static JavaClasses allClasses() {
        List<Path> folders =
                Arrays.stream(values()).filter(Module::isBuilt).map(Module::classesFolder).toList();
        return new ClassFileImporter().importPaths(folders);
    }

    /** The folders that the reactor builds, by what is there and not by this list. */
    static List<String> foldersWithPom() {
        try (var folders = Files.list(ROOT)) {
            return folders.filter(folder -> Files.exists(folder.resolve("pom.xml")))
                    .map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String folder() {
        return folder;
    }

    private Path classesFolder() {
        return ROOT.resolve(folder).resolve("target/classes");
    }

    private static Path root() {
        Path here = Path.of("").toAbsolutePath();
        return Files.isDirectory(here.resolve("vswitch-core")) ? here : here.getParent();
    }
}
