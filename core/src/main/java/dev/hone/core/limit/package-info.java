/**
 * Limits that input from outside meets before it meets a parser, the runtime or a regular expression: model files, external
 * data, patterns, and what is known to crash the runtime. Nothing here is interpreted beyond what a limit needs.
 */
package dev.hone.core.limit;
