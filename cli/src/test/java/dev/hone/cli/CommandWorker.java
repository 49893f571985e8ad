package dev.hone.cli;

import dev.hone.graph.onnx.OnnxReader;
import dev.hone.graph.verify.Verifier;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/**
 * A process of its own for commands that may take the virtual machine down: reads command lines, one on a line with tabs
 * between the words, and answers each with the exit code and, in Base64, what was said on standard output and error.
 */
public final class CommandWorker {
    private CommandWorker() {}

    public static void main(String[] args) throws IOException {
        PrintStream answers = System.out;
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
            int exit = run(line.split("\t"));
            answers.println("RESULT " + exit + " " + encoded(out) + " " + encoded(err));
            answers.flush();
        }
    }

    private static String encoded(ByteArrayOutputStream said) {
        return said.size() == 0 ? "-" : Base64.getEncoder().encodeToString(said.toByteArray());
    }

    private static int run(String[] words) {
        try {
            int exit = Hone.execute(words);
            if (exit == 0) {
                requireLoadable(words);
            }
            return exit;
        } catch (Throwable e) {
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace, true));
            System.err.println(trace);
            return 1;
        }
    }

    /** What a command wrote as a model is one, for Hone and for the runtime. */
    private static void requireLoadable(String[] words) {
        for (int i = 0; i + 1 < words.length; i++) {
            if (words[i].equals("-o") && words[i + 1].endsWith(".onnx")) {
                Path written = Path.of(words[i + 1]);
                if (Files.exists(written)) {
                    Verifier.check(OnnxReader.read(written));
                    Session.open(written, SessionOptions.defaults().withThreads(1))
                            .close();
                }
            }
        }
    }
}
