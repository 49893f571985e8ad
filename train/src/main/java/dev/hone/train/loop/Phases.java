package dev.hone.train.loop;

import dev.hone.core.HoneException;
import dev.hone.train.step.StepOptions;
import java.util.List;

/** The phases of a run and the step options of each. */
final class Phases {
    private final List<Phase> phases;
    private final List<StepOptions> options;

    /** @param phases in order, the first from 0 on; none for one of the run's own options */
    Phases(List<Phase> phases, StepOptions base) {
        this.phases = phases;
        this.options = phases.isEmpty()
                ? List.of(base)
                : phases.stream()
                        .map(phase -> phase.change().apply(base).withPhased(true))
                        .toList();
        double before = 0;
        for (Phase phase : phases) {
            if (phase == phases.get(0) ? phase.from() != 0 : phase.from() <= before) {
                throw new HoneException(phase + ": the first phase begins at 0, the others each after the one before");
            }
            before = phase.from();
        }
    }

    /** Those of the phase of an epoch, counted from 0; the same object throughout the phase. */
    StepOptions at(int epoch, int epochs) {
        StepOptions found = options.get(0);
        for (int i = 1; i < phases.size(); i++) {
            if (phases.get(i).hasBegun(epoch, epochs)) {
                found = options.get(i);
            }
        }
        return found;
    }
}
