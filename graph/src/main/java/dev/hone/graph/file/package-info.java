/** Writing files that appear whole or not at all, and words for what the operating system refuses. */
package dev.hone.graph.file;
