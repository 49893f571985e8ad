package dev.hone.graph;

import java.util.List;
import java.util.Map;

/**
 * A model-local function: a named, reusable body of nodes, preserved as read.
 *
 * @param attributes names of the attributes without a default
 * @param defaults default values of the other attributes
 * @param body the nodes; inputs and outputs are untyped
 * @param opsets opset version by domain, for the body
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
