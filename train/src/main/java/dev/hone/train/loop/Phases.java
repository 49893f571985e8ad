package dev.hone.train.loop;

import dev.hone.core.HoneException;
import dev.hone.train.step.StepOptions;
import java.util.List;

/** The phases of a run and the step options of each. */
final class Phases {
    private final List<Phase> phases;
    private final List<StepOptions> options;
    private int reached;

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

    /**
     * Those of the phase of a step, the same object throughout the phase. A phase is never gone back to: where a time limit
     * lets more steps fit than thought, the next one has begun already.
     *
     * @param step counted from 0
     * @param total steps that there will be by the end, as far as is known
     */
    StepOptions at(long step, long total) {
        for (int i = reached + 1; i < phases.size(); i++) {
            if (phases.get(i).hasBegun(step, total)) {
                reached = i;
            }
        }
        return options.get(reached);
    }

    StepOptions last() {
        return options.get(options.size() - 1);
    }
}
