package dev.hone.jobs.train;

import dev.hone.jobs.Job;
import dev.hone.jobs.Json;
import dev.hone.train.loop.History;
import dev.hone.train.loop.Validation;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The result of training.
 *
 * @param model where the model is, or would be
 * @param finished false if it was cancelled; the checkpoint is then where the same options resume
 * @param checkpoint where the state of unfinished training is
 * @param unit what samples are: Images or Rows
 * @param training number of training samples
 * @param validation number of validation samples
 * @param test number of test samples
 * @param history null where a cross-validation trained nothing more, as all its folds were done before
 * @param folds of a cross-validation, else null
 * @param limit the time limit where it cut training short, else null
 * @param seconds of the whole job
 */
public record TrainResult(
        Path model,
        boolean finished,
        Path checkpoint,
        List<String> classes,
        String unit,
        int training,
        int validation,
        int test,
        History history,
        TimeLimit limit,
        FoldResults folds,
        double seconds)
        implements Job.Result {

    @Override
    public Map<String, Object> document() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("file", model.toString());
        map.put("finished", finished);
        if (!finished) {
            map.put("checkpoint", checkpoint.toString());
        }
        map.put("classes", classes);
        map.put("training" + unit, training);
        map.put("validation" + unit, validation);
        map.put("test" + unit, test);
        if (folds != null) {
            map.put("crossValidation", folds.document());
            map.put("seconds", Json.round(seconds, 1));
            return map;
        }
        List<History.Epoch> epochs = history.epochs();
        map.put("epochs", epochs.size());
        if (limit != null) {
            map.put("plannedEpochs", limit.planned());
        }
        map.put(
                "loss",
                epochs.isEmpty()
                        ? null
                        : Json.round(epochs.get(epochs.size() - 1).loss(), 6));
        History.Epoch best = history.best();
        if (best != null) {
            map.put("bestEpoch", best.epoch());
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("loss", Json.round(best.validationLoss(), 6));
            figures.put("accuracy", Json.round(best.validationAccuracy(), 6));
            figures.put("macroF1", Json.round(best.validationMacroF1(), 6));
            figures.put("rocAuc", Json.round(best.validation(Validation.AUC), 6));
            map.put("validation", figures);
        }
        map.put("seconds", Json.round(seconds, 1));
        return map;
    }
}
