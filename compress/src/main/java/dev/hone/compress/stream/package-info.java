/**
 * Converts the tensors of a model one piece at a time, so that a model larger than memory can be converted: what to do
 * with the graph is decided first, from types and shapes alone; then the tensors are read, converted and written.
 */
package dev.hone.compress.stream;
