package dev.hone.jobs.runs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files of runs as they are written, for tests that need no training. */
final class RunFiles {
    static final String START =
            "{'type':'start','format':1,'id':'ID','job':'train','started':'2026-11-30T10:00:00.500Z','model':'model.onnx',"
                    + "'options':{'data':'photos','epochs':'2','freeze':['stem.*','fc'],'seed':'1'},"
                    + "'arguments':['photos','--epochs','2'],'versions':{'Hone':'0.1','Java':'17'}}";
    static final String REVISION = "{'type':'note','name':'data revision','value':'1f2e'}";
    static final String FIRST = "{'type':'measured','task':'training','step':1,'seconds':4.5,'values':"
            + "{'training loss':1.5,'validation loss':1.25,'validation macro F1':0.5,'learning rate':0.003}}";
    static final String SECOND = "{'type':'measured','task':'training','step':2,'seconds':9,'values':"
            + "{'training loss':1.25,'learning rate':0.001}}";
    static final String END = "{'type':'end','outcome':'finished','seconds':12.25,'result':{'file':'model.onnx',"
            + "'epochs':2,'validation':{'macroF1':0.5,'loss':1.25},'classes':['a','b']},'sha256':'abcd'}";

    private RunFiles() {}

    /** Writes a run's file; single quotes stand for double ones, ID for its id. */
    static Path write(Path folder, String id, String... lines) {
        try {
            Files.createDirectories(folder);
            return Files.writeString(
                    folder.resolve(id + RunLog.SUFFIX),
                    String.join("\n", lines).replace('\'', '"').replace("ID", id) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A whole one. */
    static Path finished(Path folder, String id) {
        return write(folder, id, START, REVISION, FIRST, SECOND, END);
    }
}
