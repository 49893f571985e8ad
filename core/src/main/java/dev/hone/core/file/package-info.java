/** Writing files that appear whole or not at all, and words for what the operating system refuses. No file formats. */
package dev.hone.core.file;
