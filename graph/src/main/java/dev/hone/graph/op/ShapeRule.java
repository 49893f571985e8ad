package dev.hone.graph.op;

/** What is known of an operator's outputs, given what is known of its inputs. */
@FunctionalInterface
interface ShapeRule {
    void infer(ShapeContext node);
}
