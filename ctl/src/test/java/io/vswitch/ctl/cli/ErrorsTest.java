package io.vswitch.ctl.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vswitch.core.counters.CountersFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The error log of a counters file as people and programs get to see it. */
class ErrorsTest {
    @TempDir private Path directory;

    private Path fileWithErrors() {
        final Path file = directory.resolve("counters");
        final CountersFile counters = new CountersFile(file);
        for (int i = 0; i < 3; i++) {
            counters.errorLog().record(new IllegalStateException("worker 0 tripped"));
        }
        counters.errorLog().record(new ArithmeticException("by zero"));
        return file;
    }

    @Test
    void shouldShowEachDistinctErrorOnceWithItsCount() {
        fileWithErrors();

        final String out =
                Run.of("errors", "--socket", directory.resolve("vswitchd.sock").toString())
                        .ok()
                        .out();

        assertTrue(out.matches("(?s)3 times, first \\S+Z, last \\S+Z:\n  .*1 times, .*"), out);
        assertTrue(out.contains("\n  java.lang.IllegalStateException: worker 0 tripped\n"), out);
        assertTrue(out.contains("at io.vswitch.ctl.cli.ErrorsTest.fileWithErrors"), out);
        assertEquals(1, out.split("worker 0 tripped", -1).length - 1);
        assertTrue(out.contains("\n  java.lang.ArithmeticException: by zero\n"), out);
    }

    @Test
    void shouldPrintJsonWhenAsked() throws IOException {
        final Path file = fileWithErrors();

        final JsonNode json =
                new ObjectMapper()
                        .readTree(Run.of("errors", "--json", "--file=" + file).ok().out());

        assertEquals(ProcessHandle.current().pid(), json.get("pid").asLong());
        assertEquals(2, json.get("errors").size());
        assertEquals(3, json.get("errors").get(0).get("count").asInt());
        assertTrue(json.get("errors").get(1).get("text").asText().contains("by zero"));
    }

    @Test
    void shouldSayNoErrorsWhenThereAreNone() {
        final Path file = directory.resolve("counters");
        new CountersFile(file);

        assertEquals("no errors\n", Run.of("errors", "--file=" + file).ok().out());
    }

    @Test
    void shouldRefuseInOneLineWhenTheFileIsMissingOrForeign() throws IOException {
        final Path missing = directory.resolve("missing");
        final Path foreign = Files.writeString(directory.resolve("foreign"), "x".repeat(4096));

        assertEquals(
                "vswitchctl: counters file " + missing + " doesn't exist\n",
                Run.of("errors", "--file=" + missing).err());
        assertEquals(
                "vswitchctl: " + foreign + " isn't a counters file of this version\n",
                Run.of("errors", "--file=" + foreign).err());
    }
}
