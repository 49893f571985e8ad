package dev.hone.graph;

/** One place where a value is read: an input slot of a node. */
public record Use(Node node, int index) {}
