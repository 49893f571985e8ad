package dev.hone.graph;

import java.util.List;
import java.util.Map;

/**
 * A model-local function: a named, reusable body of nodes, kept as it was read.
 *
 * @param attributes names of attributes without a default
 * @param defaults attributes with a default
 * @param body the nodes, whose inputs and outputs have no types
 * @param opsets domain to version, for the body
 */
public record Function(
        String domain,
        String name,
        String overload,
        List<String> attributes,
        Map<String, Attribute> defaults,
        Graph body,
        Map<String, Long> opsets,
        String doc) {}
