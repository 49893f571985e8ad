package dev.hone.jobs.explain;

import dev.hone.explain.quality.RegionReliance;
import dev.hone.jobs.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the explanations of the test images of a data set show together.
 *
 * @param images how many were explained
 * @param contrast label of the contrast class, or null
 * @param accuracy share of these images that are predicted correctly
 * @param meanRelativeError mean sampling error of the attribution maps; NaN where it is not known
 * @param findings in sentences, the main ones first
 * @param regions how much predictions rest on the defect, where there are masks, and on parts of the image
 * @param classes by predicted class
 * @param leastCertain the images whose maps have the largest sampling errors
 * @param page that was written, or null
 */
public record GlobalResult(
        int images,
        String contrast,
        double accuracy,
        double meanRelativeError,
        List<String> findings,
        List<RegionReliance> regions,
        List<PredictedClass> classes,
        List<Uncertain> leastCertain,
        Path page)
        implements ExplainResult {
    /** @param prototypes names of the images nearest to the mean of the class in the model's features */
    public record PredictedClass(String label, int images, List<String> prototypes) {}

    public record Uncertain(String image, double relativeError) {}

    @Override
    public Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("images", images);
        if (contrast != null) {
            document.put("contrast", contrast);
        }
        document.put("accuracy", Json.round(accuracy, 6));
        document.put("meanRelativeError", Json.round(meanRelativeError, 6));
        document.put("findings", findings);
        document.put("regions", regions.stream().map(GlobalResult::document).toList());
        List<Object> all = new ArrayList<>();
        for (PredictedClass one : classes) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("class", one.label);
            entry.put("images", one.images);
            entry.put("prototypes", one.prototypes);
            all.add(entry);
        }
        document.put("classes", all);
        List<Object> uncertain = new ArrayList<>();
        for (Uncertain one : leastCertain) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("image", one.image);
            entry.put("relativeError", Json.round(one.relativeError, 6));
            uncertain.add(entry);
        }
        document.put("leastCertain", uncertain);
        return document;
    }

    private static Map<String, Object> document(RegionReliance reliance) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("region", reliance.region());
        boolean known = !Double.isNaN(reliance.share());
        entry.put("share", known ? Json.round(reliance.share(), 6) : null);
        entry.put("standardError", known && reliance.images() > 1 ? Json.round(reliance.standardError(), 6) : null);
        entry.put("area", Json.round(reliance.area(), 6));
        entry.put("images", reliance.images());
        entry.put("notable", reliance.notable());
        return entry;
    }
}
