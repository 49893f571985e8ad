package dev.hone.jobs.train;

import dev.hone.data.DataSet;
import dev.hone.data.Split;
import dev.hone.jobs.Job;
import dev.hone.jobs.Json;
import dev.hone.train.loop.History;
import dev.hone.train.loop.Trainer;
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
 * @param history of the training of the model; without epochs if it is a head
 * @param unit what samples are: Images or Rows
 * @param training number of training samples
 * @param validation number of validation samples
 * @param test number of test samples
 * @param limit the time limit where it cut training short, else null
 * @param candidates what was tried, one of them chosen, where the kind of training was left to Hone; else empty
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
        List<Candidate> candidates,
        double seconds)
        implements Job.Result {

    /** @param began when the job did, by {@link System#nanoTime} */
    static TrainResult ofImages(
            TrainOptions options, DataSet set, Trainer.Outcome outcome, Path checkpoint, long began) {
        return of(
                options,
                set,
                outcome.finished(),
                checkpoint,
                outcome.history(),
                TimeLimit.of(options.learning().minutes(), outcome),
                List.of(),
                began);
    }

    /** @param checkpoint of the candidate that was interrupted, else null */
    static TrainResult ofCandidates(
            TrainOptions options,
            DataSet set,
            boolean finished,
            Path checkpoint,
            History history,
            List<Candidate> candidates,
            long began) {
        return of(options, set, finished, checkpoint, history, null, candidates, began);
    }

    private static TrainResult of(
            TrainOptions options,
            DataSet set,
            boolean finished,
            Path checkpoint,
            History history,
            TimeLimit limit,
            List<Candidate> candidates,
            long began) {
        return new TrainResult(
                options.output(),
                finished,
                checkpoint,
                set.classes(),
                "Images",
                set.indices(Split.TRAIN).length,
                set.indices(Split.VALIDATION).length,
                set.indices(Split.TEST).length,
                history,
                limit,
                candidates,
                (System.nanoTime() - began) / 1e9);
    }

    /** The candidate that is the result, null where nothing was left to choose. */
    public Candidate chosen() {
        return candidates.stream().filter(Candidate::chosen).findFirst().orElse(null);
    }

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
        if (!candidates.isEmpty()) {
            map.put("candidates", candidates.stream().map(Candidate::document).toList());
        }
        map.put("seconds", Json.round(seconds, 1));
        return map;
    }
}
