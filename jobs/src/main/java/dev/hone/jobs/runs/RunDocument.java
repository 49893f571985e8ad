package dev.hone.jobs.runs;

import dev.hone.jobs.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All of a run for programs. */
public final class RunDocument {
    private RunDocument() {}

    public static Map<String, Object> of(Run run) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("id", run.id());
        map.put("job", run.job());
        map.put("outcome", run.outcome().text());
        map.put("started", run.started().toString());
        map.put("seconds", Json.round(run.seconds(), 1));
        map.put("model", run.model().toString());
        map.put("sha256", run.sha256());
        map.put("error", run.error());
        map.put("options", run.options());
        map.put("arguments", run.arguments());
        map.put("versions", run.versions());
        map.put("notes", run.notes());
        List<Map<String, Object>> curve = new ArrayList<>();
        for (Run.Point point : run.curve()) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("task", point.task());
            line.put("step", point.step());
            line.put("seconds", point.seconds());
            line.put("values", point.values());
            curve.add(line);
        }
        map.put("curve", curve);
        map.put("result", run.result());
        return map;
    }
}
