package dev.hone.autodiff;

import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.op.ShapeRules;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A {@code Scan} whose states, scanned inputs and outputs are found one after the other. */
final class ScanBuilder {
    /** What is stacked, or taken apart, along an axis; direction 1 is from the last step to the first. */
    record Track(Value value, long axis, long direction) {}

    private final Ops o;
    private final Node scan;
    private final Graph body;
    private final Ops inside;
    /** By body input: initial value, and value after a step. */
    private final Map<Value, Value> initial = new LinkedHashMap<>();

    private final Map<Value, Value> next = new LinkedHashMap<>();
    private final Map<Value, Track> scanned = new LinkedHashMap<>();
    private final List<Track> outputs = new ArrayList<>();

    ScanBuilder(Ops o, String name) {
        this.o = o;
        this.scan = o.graph().addNode("", "Scan", List.of());
        this.body = new Graph(name);
        scan.set("body", body);
        this.inside = new Ops(body);
    }

    /** Adds nodes to the body. */
    Ops inside() {
        return inside;
    }

    /** A state that begins with an outer value; returns the body's input. */
    Value state(Value first) {
        Value formal = body.addInput(o.graph().freshName("state"), first.type(), first.shape());
        initial.put(formal, first);
        return formal;
    }

    /** What a state is after a step. */
    void next(Value state, Value value) {
        next.put(state, value);
    }

    /** An outer value, of which each step reads a slice; returns the body's input, of the type and shape of {@code like}. */
    Value scan(Track outer, Value like) {
        Value formal = body.addInput(o.graph().freshName("slice"), like.type(), like.shape());
        scanned.put(formal, outer);
        return formal;
    }

    /** Whether anything says how many steps there are. */
    boolean hasLength() {
        return !scanned.isEmpty();
    }

    /** A value of each step, to be stacked; returns the index of the output after the states. */
    int output(Track slice) {
        outputs.add(slice);
        return outputs.size() - 1;
    }

    /** The Scan; its outputs are the last states, then the stacked outputs. */
    Node build() {
        List<Value> actual = new ArrayList<>(initial.values());
        scanned.values().forEach(track -> actual.add(track.value));
        scan.setInputs(actual);
        List.copyOf(body.inputs()).forEach(body::removeInput);
        initial.keySet().forEach(body::addInput);
        scanned.keySet().forEach(body::addInput);
        initial.keySet().forEach(state -> addOutput(body, next.get(state)));
        outputs.forEach(track -> addOutput(body, track.value));
        for (int i = 0; i < body.outputs().size(); i++) {
            scan.addOutput(o.graph().freshName("Scan"));
        }
        scan.set("num_scan_inputs", scanned.size());
        List<Track> inputs = List.copyOf(scanned.values());
        scan.set("scan_input_axes", inputs.stream().mapToLong(Track::axis).toArray());
        scan.set(
                "scan_input_directions",
                inputs.stream().mapToLong(Track::direction).toArray());
        scan.set("scan_output_axes", outputs.stream().mapToLong(Track::axis).toArray());
        scan.set(
                "scan_output_directions",
                outputs.stream().mapToLong(Track::direction).toArray());
        body.sort();
        ShapeRules.infer(scan);
        return scan;
    }

    /** Adds an output to a body; each has to be one of its own, that a node of the body computes. */
    static void addOutput(Graph body, Value value) {
        boolean own = value.graph() == body
                && value.producer() != null
                && !body.outputs().contains(value);
        body.addOutput(own ? value : new Ops(body).op("Identity", value));
    }

    /** The last value of a state. */
    Value last(Value state) {
        return scan.output(new ArrayList<>(initial.keySet()).indexOf(state));
    }

    /** A stacked output. */
    Value stacked(int index) {
        return scan.output(initial.size() + index);
    }
}
